"""An article by the name that a person has for it."""

from pathlib import Path

from backfile.config import plain
from backfile.errors import WrongUse
from backfile.pipeline.places import shown
from backfile.store import Store, StoredArticle


def article_named(store: Store, name: str) -> StoredArticle:
    """The article of that id, else the one that was read from that address or path.

    Raises:
        WrongUse: there is none, or several were read from there; says what to try.
    """
    told = shown(name)  # a path may hold bytes that are no UTF-8, and the store holds none
    if store.has_article(told):
        return store.article(told)
    found = store.articles_at({told, shown(plain(Path(name)))})
    if len(found) > 1:
        listed = ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
        raise WrongUse(f"several articles were read from {name}: {listed}; name one by its id")
    if not found and Path(name).exists():
        raise WrongUse(f"no article was read from {name} alone; `backfile clean --diff {name}` cleans it here and now")
    return store.article(found[0] if found else told)


def id_named(store: Store, name: str) -> str:
    """The id of the article that was read from that address or path; the name itself where there is none.

    Raises:
        WrongUse: several articles were read from there.
    """
    told = shown(name)
    known = store.has_article(told) or not store.articles_at({told, shown(plain(Path(name)))})
    return told if known else article_named(store, name).article.id
