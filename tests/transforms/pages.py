"""Pages, mails and texts in the shape of real ones, made of one line of `cases/*.jsonl` each."""

import json
from pathlib import Path

from backfile.article import Article, Document, Extraction, Rejection, Witness
from transforms import normalise, rules
from transforms.extract import extract
from transforms.rule import clean

CASES = Path(__file__).parent / "cases"
_SUBJECTS = (
    "Rat streitet über die neue Brücke",
    "Storm brings down trees in the north",
    "Hallenbad öffnet erst im Mai",
)
_LEADS = (
    "Nach langer Debatte stimmt der Rat für den Neubau, doch das Geld fehlt.",
    "Hundreds of homes were without power on Monday night.",
    "Die Sanierung dauert länger als geplant und wird teurer.",
)

Case = dict[str, str | int | bool | list[str]]


def cases(name: str) -> list[Case]:
    """The cases of `cases/<name>.jsonl`."""
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def named(case: Case) -> str:
    """What a case is about, for the list of tests."""
    return f"{case['lang']}: {case['what']}"


def document(case: Case) -> Document:
    """The case as a reader would give it: a mail with a subject, a text with a title, or a page."""
    if "subject" in case:
        stated = Witness("title", str(case["subject"]), "header:Subject")
        return Document("mail.eml", "", text=str(case["text"]), witnesses=(stated,))
    if "text" in case:
        title = (Witness("title", str(case["title"]), "column:title"),) if "title" in case else ()
        return Document("text.txt", "", text=str(case["text"]), witnesses=title)
    return Document("page.html", "", html=_page(case))


def judged(case: Case) -> Article | Rejection:
    """What the rules say to the case."""
    [extraction] = extract(document(case))
    return verdict(extraction)


def verdict(extraction: Extraction) -> Article | Rejection:
    """What the rules say to an extraction."""
    return clean(normalise.begin(extraction, id="test/1", source="test", uri="test"), rules())


def _page(case: Case) -> str:
    head = [f"<title>{case.get('title', '')}</title>"]
    if "url" in case:
        head.append(f'<link rel="canonical" href="{case["url"]}">')
    if "og" in case:
        head.append(f'<meta property="og:type" content="{case["og"]}">')
    if "robots" in case:
        head.append(f'<meta name="robots" content="{case["robots"]}">')
    types = case.get("types", [])
    assert isinstance(types, list)
    if types:
        nodes = [{"@type": each} for each in types]
        head.append(f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>')
    teasers = "".join(_teaser(number, case) for number in range(int(str(case.get("teasers", 0)))))
    menu = "<nav><a href='/'>Start</a><a href='/politik'>Politik</a><a href='/sport'>Sport</a></nav>"
    body = f"{menu}<main>{case.get('html', '')}<div>{teasers}</div></main><footer><p>© 2024</p></footer>"
    return f'<!doctype html><html lang="{case["lang"]}"><head>{"".join(head)}</head><body>{body}</body></html>'


def _teaser(number: int, case: Case) -> str:
    lead = f"<p>{_LEADS[number % 3]}</p>" if case.get("leads") else ""
    return f"<section><h3><a href='/artikel-{number}.html'>{_SUBJECTS[number % 3]} ({number})</a></h3>{lead}</section>"
