"""What a statement about a date says, cut at its own precision: nothing is invented, and "today" needs a clock.

One parser with three outputs: `parse` for a field such as `published`, `edtf` for all that an expression can say
(seasons, decades, approximate dates, intervals), `readings` for both sides of 03/04/2024.
"""

from transforms.metadata.dates.statement import LONGEST_STATEMENT, edtf, parse, readings
from transforms.metadata.dates.when import EARLIEST_YEAR, When

__all__ = ["EARLIEST_YEAR", "LONGEST_STATEMENT", "When", "edtf", "parse", "readings"]
