"""What an article has that comes nearest to a part of a query that it lacks: for `backfile why`."""

from collections.abc import Iterator

from index import engine as e
from index import query as q
from index.analysis import Analyser, analyser
from index.entry import Display
from index.folding import fold_case
from index.plan import Plan, plan
from index.snippet import LONGEST_TEXT

_SLOPS = (1, 2, 3, 5, 10, 20, 50, 100, 500)  # words in between that are tried for a phrase
_LIKENESS = 0.7  # of two words' letters (difflib's ratio); .6 finds words that share no more than an ending


def nearest(engine: e.SearchEngine, query: q.Query, node: q.Node, display: Display) -> str | None:
    """A sentence on the part of the query that the article lacks, or has in spite of a NOT; None without one."""
    return _Article(engine, query, display).says(node, "")


class _Article:
    def __init__(self, engine: e.SearchEngine, query: q.Query, display: Display) -> None:
        self.engine = engine
        self.query = query
        self.display = display
        self.words: Analyser = analyser(display.language, engine.compounds)

    def says(self, node: q.Node, zone: str) -> str | None:  # noqa: PLR0911  (one return per kind of node)
        match node:
            case q.Dates():
                published = self.display.published
                return f"it is of {published}" if published else "its date is not known"
            case q.Field(name, inner):
                return self.of_field(name) or self.says(inner, name)
            case q.Phrase():
                return self.of_phrase(node, zone)
            case q.Word():
                return self.of_word(node, zone)
            case q.And(nodes):
                return next(
                    (said for part in nodes if not self.has(part, zone) and (said := self.says(part, zone))), None
                )
            case q.Or(nodes):
                return next((said for part in nodes if (said := self.says(part, zone))), None)
            case q.Not(inner):
                return f"it has {self.query.text[inner.start : inner.end]}"

    def of_field(self, name: str) -> str | None:
        known: dict[str, tuple[str, ...]] = {
            "source": (self.display.source,),
            "lang": (self.display.language,),
            "id": (self.display.id,),
            "author": self.display.authors,
            "tag": self.display.tags,
            "publisher": (self.display.publisher or "",),
            "url": (self.display.url or "",),
        }
        if name not in known:
            return None
        values = [value for value in known[name] if value]
        return f"its {name} is {', '.join(values)}" if values else f"it has no {name}"

    def of_phrase(self, phrase: q.Phrase, zone: str) -> str | None:
        for slop in _SLOPS:
            if slop > phrase.slop and self.has(q.Phrase(phrase.text, phrase.start, phrase.end, slop), zone):
                return f'it has the words further apart: "{phrase.text}"~{slop}'
        lacking = [word.text for word in _words_of(phrase) if not self.has(word, zone)]
        return f"it lacks {', '.join(lacking)}" if lacking else "it has the words, but not in this order"

    def of_word(self, word: q.Word, zone: str) -> str | None:
        from difflib import get_close_matches  # noqa: PLC0415  (slow to import, and rarely asked for)

        text = self.display.title or "" if zone == "title" else f"{self.display.title or ''}\n{self.display.text}"
        written = {
            fold_case(text[start:end]): text[start:end] for start, end, _ in self.words.tokens(text[:LONGEST_TEXT])
        }
        near = get_close_matches(fold_case(word.text), written, n=1, cutoff=_LIKENESS)
        return f"nearest is {written[near[0]]}" if near else None

    def has(self, node: q.Node, zone: str) -> bool:
        """Whether the article has a node, asked of the engine as any other search."""
        asked = q.Field(zone, node, node.start, node.end) if zone else node
        made: Plan | None = plan(q.Query(self.query.text, asked), self.engine, language=self.display.language)
        if made is None:
            return False
        only = e.Filter("id", (self.display.id,))
        return self.engine.search(e.And((made.clause, only)), limit=0).total > 0


def _words_of(phrase: q.Phrase) -> Iterator[q.Word]:
    return (q.Word(word, phrase.start, phrase.end) for word in phrase.text.split() if any(map(str.isalnum, word)))
