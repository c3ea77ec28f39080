"""The words of a text as analysis hands them on: numbers of a vocabulary, one for each place.

A text has far more words than an archive has different ones. So what a word means, its stems, exact forms and parts,
is made once and has a number from then on; a text is a row of numbers, made, held and counted without an object per
word. Who wants terms with their positions gets them (`stems`, `forms`, `parts`); who groups the words of thousands of
articles by term does it by number.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

NUMBER = "I"  # the type of a number of a vocabulary, in arrays and bytes
packed_number = Struct("=" + NUMBER).pack
MAX_WORD = 120  # characters; what is longer (base64, run-together tables) is indexed by its beginning


class Vocabulary:
    """What stands at single places of texts, each under a number: its terms, with their language.

    It only grows, so a number keeps its meaning for as long as somebody holds it.
    """

    __slots__ = ("__weakref__", "forms", "parts", "stems")

    def __init__(self) -> None:
        self.stems: list[tuple[str, ...]] = []  # several are alternatives, or a hyphenated word as a whole
        self.forms: list[tuple[str, ...]] = []  # exact forms
        self.parts: list[tuple[str, ...]] = []  # parts of compounds, as terms of their own kind (`Analyser.part`)

    def put(self, stems: tuple[str, ...], forms: tuple[str, ...], parts: tuple[str, ...]) -> int:
        """The number of a new place."""
        self.stems.append(stems)
        self.forms.append(forms)
        self.parts.append(parts)
        return len(self.stems) - 1


class Derived(Protocol):
    """What is made of each word of a vocabulary."""

    def grow(self, vocabulary: Vocabulary) -> None:
        """Takes in what the vocabulary was given since."""


_Made = TypeVar("_Made", bound=Derived)


class Remembered(Generic[_Made]):
    """What is made of vocabularies, for as long as somebody holds them; it grows with them."""

    def __init__(self, make: Callable[[], _Made]) -> None:
        self._make = make
        self._known: WeakKeyDictionary[Vocabulary, _Made] = WeakKeyDictionary()

    def __call__(self, vocabulary: Vocabulary) -> _Made:
        """What is made of all words of a vocabulary."""
        made = self._known.get(vocabulary)
        if made is None:
            made = self._known[vocabulary] = self._make()
        made.grow(vocabulary)
        return made


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field of one entry."""

    vocabulary: Vocabulary
    places: "array[int]"  # the number of what stands at each place
    beside: tuple[tuple[int, str], ...] = ()  # more stems: position and term (Luft- in `Luft- und Landstreitkräfte`)

    @property
    def length(self) -> int:
        """The number of places, the field's length for ranking."""
        return len(self.places)

    @property
    def stems(self) -> dict[str, list[int]]:
        """Stem → its positions in ascending order, 0 for the first word."""
        found = self._grouped(self.vocabulary.stems)
        for position, stem in self.beside:
            found[stem] = sorted({*found.get(stem, ()), position})
        return found

    @property
    def forms(self) -> dict[str, list[int]]:
        """Exact form → its positions."""
        return self._grouped(self.vocabulary.forms)

    @property
    def parts(self) -> dict[str, list[int]]:
        """Part of a compound → its positions."""
        return self._grouped(self.vocabulary.parts)

    def _grouped(self, terms: Sequence[Iterable[str]]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for position, number in enumerate(self.places):
            for term in terms[number]:
                found.setdefault(term, []).append(position)
        return found


NO_WORDS = Words(Vocabulary(), array("I"))
