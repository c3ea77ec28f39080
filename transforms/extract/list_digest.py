"""The mails of a list's digest: one mail that holds what was sent to the list, each below a header of its own.

List servers write them as RFC 1153 has it: a ruled line, `Message: 3` or nothing, then `Date:`, `From:`, `Subject:`.
Headers, the table of topics and how to leave the list belong to the frame, story 0.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backfile.article import Extraction, Line, Witness
from transforms import quoted_mail
from transforms.extract import digest

MESSAGES = 2  # fewer are no digest
MOST_MESSAGES = 500

_RULED = re.compile(r"[-_]{10,}")
_NUMBERED = re.compile(r"Message: \d{1,4}")
_MORE = re.compile(
    r"(?:Message-ID|Content-Type|Content-Transfer-Encoding|In-Reply-To|References|MIME-Version|Sender): .*"
)
# The list's own footer, which its server sends as one more mail.
_FOOTER = re.compile(r"(?:Subject: )?(?:Digest Footer|End of .{1,80})", re.IGNORECASE)
_OF_THE_LIST = frozenset({"title", "url", "tag", "author", "published", "sender"})


def split(whole: Extraction) -> list[Extraction]:
    """The frame and the mails of a list's digest as extractions of their own; `whole` alone when it is none."""
    texts = [line.text for line in whole.lines]
    found = list(_messages(texts))
    if not MESSAGES <= len(found) <= MOST_MESSAGES:
        return [whole]
    mine = {at for body, _ in found for at in body}
    frame = tuple(line for at, line in enumerate(whole.lines) if at not in mine)
    made = [replace(whole, lines=frame, witnesses=(*whole.witnesses, Witness("stories", str(len(found)), "digest")))]
    common = tuple(each for each in whole.witnesses if each.field not in _OF_THE_LIST)
    keys: set[str] = set()
    for number, (body, stated) in enumerate(found, start=1):
        said = [
            Witness(field, stated[name], f"digest:{name}")
            for field, name in (("title", "Subject"), ("published", "Date"), ("author", "From"))
            if name in stated
        ]
        key = digest.key(stated.get("Subject", ""), stated.get("Date", ""), keys)
        lines: tuple[Line, ...] = tuple(whole.lines[at] for at in body)
        made.append(
            replace(whole, lines=lines, witnesses=(*common, *said, Witness("story", key, "digest")), story=number)
        )
    return made


def _messages(texts: Sequence[str]) -> Iterator[tuple[range, dict[str, str]]]:
    """Where the text of each mail stands, and what its header states."""
    ruled = [at for at, text in enumerate(texts) if _RULED.fullmatch(text)]
    for number, cut in enumerate(ruled):
        end = ruled[number + 1] if number + 1 < len(ruled) else len(texts)
        start = cut + 1
        if start < end and _NUMBERED.fullmatch(texts[start]):
            start += 1
        begins, stated = quoted_mail.fields(texts[:end], start)
        while begins < end and _MORE.fullmatch(texts[begins]):
            begins += 1
        if {"From", "Subject"} <= stated.keys() and begins < end and not _FOOTER.match(texts[start]):
            yield range(begins, end), stated
