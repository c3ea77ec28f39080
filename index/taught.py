"""What an archive taught about compounds, kept beside the files of an index, with a checksum."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TextIO

from backfile.disk import replace_text
from index.compounds import Compounds

FILE = "compounds.json"
SEAL = "compounds.sum"


def keep(directory: Path, compounds: Compounds) -> None:
    """Writes what was learned into the directory of an index."""
    text = compounds.to_json()
    replace_text(directory / FILE, text)
    replace_text(directory / SEAL, _sum(text))


def opened(directory: Path) -> TextIO:
    """The file, held open: the generation may be gone, replaced by a rebuild, when it is read."""
    return (directory / FILE).open(encoding="utf-8")


def faults(directory: Path) -> Iterator[str]:
    """Whether it is as it was written."""
    place = directory / FILE
    try:
        known = (directory / SEAL).read_text(encoding="ascii")
        if _sum(place.read_text(encoding="utf-8")) != known:
            yield f"{place}: is not as it was written"
    except (OSError, UnicodeDecodeError) as error:
        yield f"{place}: cannot be read ({error})"


def _sum(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
