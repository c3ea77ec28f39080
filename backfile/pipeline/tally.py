"""What a run did, in counts that add up: batch to run, and, later, machine to machine."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from backfile.article import Json
from backfile.store import Outcome

MAX_EXAMPLES = 100  # failures named in a report; the store has them all


@dataclass(slots=True)
class Tally:
    """Counts of documents and of what was done to them. The only value here that is filled in place."""

    # new, changed, unchanged, moved, gone, back; of the changed ones: grown (read from where they grew), altered (other
    # bytes under the same size and time); unfinished: read up to an item that is cut off; retried; not read: older,
    # waiting (somebody writes them), missing (not marked as gone, since so much of the source is)
    inputs: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)  # new, changed, unchanged, gone
    states: Counter[str] = field(default_factory=Counter)  # stored, rejected, failed: of new and changed ones
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)  # of what is no article: front-page, login, error …
    removals: Counter[str] = field(default_factory=Counter)  # spans by rule
    languages: Counter[str] = field(default_factory=Counter)
    precision: Counter[str] = field(default_factory=Counter)  # of `published`; "undated"
    examples: list[dict[str, str]] = field(default_factory=list)  # uri, reason, detail of what was not taken in

    def add(self, other: "Tally") -> None:
        """Add another tally's counts to these."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
        self.examples.extend(other.examples[: MAX_EXAMPLES - len(self.examples)])

    def count(self, outcomes: Iterable[Outcome]) -> None:
        """Count what became of new and changed documents."""
        for outcome in outcomes:
            self.states[outcome.state] += 1
            if outcome.why is not None:
                self.fail(outcome.uri, outcome.why, outcome.told)
            if outcome.rejection is not None and outcome.rejection.what:
                self.kinds[outcome.rejection.what] += 1
            for article in outcome.articles:
                self.languages[article.language] += 1
                self.precision[article.published_precision or "undated"] += 1
                self.removals.update(rule for *_, rule in article.removals)

    def fail(self, uri: str, reason: str, detail: str) -> None:
        """Count a document that was not taken in, and name it while there is room."""
        self.reasons[reason] += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append({"uri": uri, "reason": reason, "detail": detail})

    def to_json(self) -> dict[str, Json]:
        """The counts as JSON, the largest first."""
        table: dict[str, Json] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            table[each.name] = dict(value.most_common()) if isinstance(value, Counter) else list(value)
        return table
