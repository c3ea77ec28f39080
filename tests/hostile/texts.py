"""Texts that are regular in a way that hangs whoever looks for a pattern in them."""

from functools import partial

from tests.hostile.case import SENTENCE, TEXT, case, file, joined, page, repeated

SIZE = 300_000  # characters of each; a pattern that is quadratic takes minutes on them
MEGABYTES = 1_000_000

# One line for each family of rules and each reader of a field, in the shape that it looks for, without an end.
FAMILIES = {
    "agency": "dpa/afp/reuters/ap/",
    "agency-bracket": "(dpa) (AFP) ",
    "byline": "Von Ada Beispiel und ",
    "byline-en": "By Ada Example, ",
    "caption": "Foto: Ada Beispiel / ",
    "dateline": "London/Paris/Berlin. – ",
    "date": "25. November 2024, 10:12 Uhr ",
    "date-digits": "1.",
    "date-numbers": "2024-11-25T10:12:00+01:00",
    "address": "https://a.example/b?c=d&utm_source=e#",
    "address-open": "http://",
    "mail-address": "ada@example.org ",
    "mail-at": "a@",
    "quoted": "> > > ",
    "quote-marks": "„»“«",
    "blanks": " ",
    "blanks-word": "  x",
    "tabs": "\t",
    "no-break": "\u00a0",
    "hyphens": "-",
    "dashes": "– — ",
    "underscores": "_",
    "stars": "* ",
    "dots": ". ",
    "ellipsis": "…",
    "bars": " | ",
    "brackets": "(",
    "square": "[1] ",
    "copyright": "© 2024 ",
    "share": "Teilen Twittern Drucken ",
    "newsletter": "Abonnieren Sie unseren Newsletter. ",
    "read-on": "Lesen Sie auch: ",
    "capitals": "RAT BERÄT ÜBER RADWEGE ",
    "digits": "1234567890",
    "words": "a ",
    "umlauts": "Ã¤Ã¶Ã¼",
    "combining": "e\u0301\u0327\u0323",
    "joined": "\u200d",
    "soft": "\u00ad",
    "ligature": "\ufdfa",
    "emoji": "👩‍👩‍👧‍👦",
    "arabic": "\u0627\u0644",
    "cjk": "新聞記事",
    "compound": "rindfleischetikettierung",
    "surname": "von der ",
    "colon": "Autor: ",
    "number-list": "1) ",
    "percent": "%20",
    "ampersand": "&amp;",
}


def _one_line(piece: str) -> str:
    return f"{TEXT}\n{repeated(piece, SIZE)}\n\n{SENTENCE}\n"


def _many_lines(piece: str) -> str:
    line = repeated(piece, 60).strip() or "x"
    return f"{TEXT}\n" + f"{line}\n" * 4_000 + f"\n{SENTENCE}\n"


CASES = [
    case(
        "one-line-of-all",
        f"{len(FAMILIES)} texts, a line of {SIZE:,} characters of one kind in each",
        joined(*(file(f"{name}.txt", partial(_one_line, piece)) for name, piece in FAMILIES.items())),
        article=len(FAMILIES),
    ),
    case(
        "lines-of-all",
        f"4,000 lines of each of {len(FAMILIES)} kinds",
        joined(*(file(f"{name}.txt", partial(_many_lines, piece)) for name, piece in FAMILIES.items())),
        article=len(FAMILIES),
    ),
    case("text-blanks", "30 MB of blanks", file("a.txt", lambda: " " * 30 * MEGABYTES), empty=1),
    case(
        "text-line",
        "a text of 20 MB in one line",
        file("a.txt", lambda: repeated(SENTENCE, 20 * MEGABYTES)),
        too_large=1,
    ),
    case("text-lines", "a million lines of one letter", file("a.txt", lambda: TEXT + "a\n" * MEGABYTES), too_large=1),
    case(
        "text-lines-below-limit",
        "190,000 lines of one letter",
        file("a.txt", lambda: TEXT + "a\n" * 190_000),
        article=1,
    ),
    case(
        "text-words",
        "500,000 different words",
        file(
            "a.txt", lambda: TEXT + "\n\n".join(" ".join(f"wort{n * 50 + k}" for k in range(50)) for n in range(10_000))
        ),
        article=1,
    ),
    case(
        "text-binary",
        "random bytes",
        file("a.txt", lambda: bytes((n * n * 7 + n // 3) % 256 for n in range(MEGABYTES))),
        unsupported=1,
    ),
    case(
        "text-utf16",
        "UTF-16 without a mark, cut within a character",
        file("a.txt", lambda: TEXT.encode("utf-16-le")[:-1]),
        article=1,
    ),
    case("text-nul", "a text with a NUL in every line", file("a.txt", lambda: TEXT.replace("\n", "\0\n")), article=1),
    case(
        "page-lines",
        "40 kinds of lines in one page",
        file("a.html", lambda: page("".join(f"<p>{repeated(piece, 2_000)}</p>" for piece in FAMILIES.values()))),
        article=1,
    ),
]
