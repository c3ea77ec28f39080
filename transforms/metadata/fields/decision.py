"""What was decided about a field, and how each statement about it was weighed."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from backfile.article import Witness

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What became of one statement."""

    witness: Witness
    read: str  # what it was understood to say, in the field's own form; "" when it says nothing
    weight: float  # 0 to 1, among the statements about its field; 0: not believed
    note: str = ""  # why it was not believed, or what it disagrees with; "" where weight and value say it all


@dataclass(frozen=True, slots=True)
class Decision(Generic[Value]):
    """A field's value with who said it, and what all the others said."""

    value: Value | None
    origin: str = ""  # of the winner; "" when there is none
    weighed: tuple[Weighed, ...] = ()  # the heaviest first

    def __bool__(self) -> bool:
        return self.value is not None
