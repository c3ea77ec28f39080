"""What the program that saved a page wrote into it: the page's address, and when it was fetched.

| program | what it leaves |
|---|---|
| Internet Explorer, Chrome, Edge, Firefox | `<!-- saved from url=(0042)https://… -->`; the number counts the address |
| SingleFile, ArchiveBox with it | a comment with `url:` and `saved date:` |
| HTTrack | `<!-- Mirrored from host/path by HTTrack Website Copier/3.x …, date -->`; https is taken |
| Wayback Machine | addresses that begin with `web.archive.org/web/<time>/`, a script with both, a comment at the end |
| wget --save-headers | the answer's header block above the page |
"""

import re
from collections.abc import Iterator

from backfile.article import Witness

ORIGIN = "saved-from"
HEAD_CHARACTERS = 8_192  # of the page in which such comments are looked for
TAIL_CHARACTERS = 4_096  # the Wayback Machine writes below the page

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_SINGLE_FILE = re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)(?:\s+saved date:\s*([^\n]{1,80}))?")
_HTTRACK = re.compile(
    r"<!--\s*Mirrored from (\S{1,2000}) by HTTrack[^>\n]{0,100}?, ([A-Z][a-z]{2}, [^>\n]{10,40}?)\s*-->"
)
_WOMBAT = re.compile(r"__wm\.wombat\(\s*\"(https?:[^\"\s]{1,2000})\"\s*,\s*\"(\d{14})\"")
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/(\d{4,14})(?:[a-z]{2}_)?/(https?:/\S+)", re.IGNORECASE)
_ARCHIVED_ON = re.compile(
    r"FILE ARCHIVED ON (\d\d:\d\d:\d\d [A-Z][a-z]{2} \d\d, \d{4}) AND RETRIEVED FROM THE\s+INTERNET ARCHIVE"
)
_HEADER_BLOCK = re.compile(
    r"\A\s{0,20}HTTP/\d(?:\.\d)? \d{3}[^\n]{0,200}\n((?:[!-9;-~]{1,80}:[^\n]{0,8192}\n){1,100})\r?\n"
)


def statements(page: str) -> Iterator[Witness]:
    """The address and the time of fetching, as the saving program says them; each at most once."""
    head, tail = page[:HEAD_CHARACTERS], page[-TAIL_CHARACTERS:]
    if match := _SINGLE_FILE.search(head) or _HTTRACK.search(head):
        address = match[1] if "://" in match[1] else f"https://{match[1]}"
        yield from _both(address, (match[2] or "").strip())
    elif match := _WOMBAT.search(head):
        yield from _both(match[1], match[2])
    elif match := _SAVED_FROM.search(head):
        archived = _ARCHIVED.match(match[1])
        yield from _both(archived[2], archived[1]) if archived else _both(match[1], "")
    elif match := _ARCHIVED_ON.search(tail):
        yield from _both("", match[1])


def without_header_block(page: str) -> tuple[str, dict[str, str]]:
    """The page without the answer's header block that wget puts above it, and that block's fields in lower case."""
    match = _HEADER_BLOCK.match(page[:HEAD_CHARACTERS])
    if match is None:
        return page, {}
    fields = (line.partition(":") for line in match[1].splitlines())
    return page[match.end() :], {name.strip().lower(): value.strip() for name, _, value in fields}


def _both(address: str, time: str) -> Iterator[Witness]:
    if address:
        yield Witness("url", address, ORIGIN)
    if time:
        yield Witness("fetched", time, ORIGIN)
