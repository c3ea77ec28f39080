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
    if store.has_article(name):
        return store.article(name)
    places = {name, shown(plain(Path(name)))}
    found = store.articles_at(places)
    if len(found) > 1:
        listed = ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
        raise WrongUse(f"several articles were read from {name}: {listed}; name one by its id")
    if not found and Path(name).exists():
        raise WrongUse(f"no article was read from {name} alone; `backfile clean --diff {name}` cleans it here and now")
    return store.article(found[0] if found else name)


def id_named(store: Store, name: str) -> str:
    """The id of the article that was read from that address or path; the name itself where there is none.

    Raises:
        WrongUse: several articles were read from there.
    """
    known = store.has_article(name) or not store.articles_at({name, shown(plain(Path(name)))})
    return name if known else article_named(store, name).article.id
