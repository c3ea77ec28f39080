"""An article as one page: its extracted text with every removal marked by kind and rule, and its metadata.

The page loads nothing and runs nothing (its content security policy forbids both), follows the reader's light or dark
setting, and can be printed. What an article says is shown as text: every value is escaped, and what would turn the
direction of reading is replaced.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby

from backfile.article import Article, Line
from backfile.cli.output import safe
from backfile.cli.taken import LineSpan, spans
from backfile.store import StoredArticle

HUES = 8  # colours for kinds; the kinds that are taken most have one of their own, the others share the last
_FIELDS = (
    "id", "parent", "uri", "url", "title", "authors", "agencies", "publisher", "published", "updated", "fetched",
    "place", "language", "tags", "date_conflict",
)  # fmt: skip
_WEB = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1c1c; --pale: #6a6a6a; --line: #ddd; --back: 93%;
  --word: 30%; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --ink: #e4e4e2; --pale: #9a9a98; --line: #34373c; --back: 22%; --word: 78%; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 2rem 1.2rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 Georgia, "Times New Roman", serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2, .said, table, label, .n, del small { font-family: system-ui, sans-serif; }
h2 { font-size: .85rem; text-transform: uppercase; letter-spacing: .05em; color: var(--pale); margin: 2rem 0 .5rem; }
.said { color: var(--pale); font-size: .9rem; margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: .87rem; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.origin { color: var(--pale); }
label { font-size: .9rem; }
ol { list-style: none; margin: 1rem 0 0; padding: 0; }
li { display: grid; grid-template-columns: 2.6rem 1fr; padding: .18rem 0; }
.n { color: var(--pale); font-size: .75rem; padding-top: .3rem; user-select: none; }
.heading { font-weight: bold; font-size: 1.1rem; }
.item::before { content: "• "; }
.quote, .caption { font-style: italic; }
.table { white-space: pre-wrap; }
del { background: hsl(var(--hue) 75% var(--back)); color: hsl(var(--hue) 70% var(--word)); padding: .05em .2em;
  border-radius: .2em; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
del small { font-size: .7rem; opacity: .85; margin-left: .4em; white-space: nowrap; }
.swatch { text-decoration: none; }
#clean:checked ~ ol del, #clean:checked ~ ol li.gone { display: none; }
@media print {
  :root { --paper: #fff; --ink: #000; --pale: #555; --line: #bbb; --back: 93%; --word: 30%; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  label, #clean { display: none; }
  li { break-inside: avoid; }
  del { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""


def page_of(stored: StoredArticle) -> str:
    """The page as HTML, without a character that UTF-8 cannot hold."""
    article = stored.article
    hues = _hues(article)
    title = _text(article.title or article.id)
    kept = sum(len(text.split()) for text in article.paragraphs)
    gone = sum(len(each.text.split()) for each in article.removed)
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{_text(article.language)}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title} – backfile diff</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f'<h1 dir="auto">{title}</h1>',
        f'<p class="said" lang="en">{kept:,} words kept, {gone:,} removed in {len(article.removed):,} places</p>',
        *_legend(article, hues),
        *_metadata(article),
        '<h2 lang="en">Text</h2>',
        '<input type="checkbox" id="clean"> <label for="clean" lang="en">only what was kept</label>',
        "<ol>",
        *_lines(article, stored.lines, hues),
        "</ol>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _hues(article: Article) -> Mapping[str, int]:
    """Kind → its colour in degrees, the kind that took most first."""
    words: Counter[str] = Counter()
    for each in article.removed:
        words[each.kind] += len(each.text.split())
    ordered = sorted(words, key=lambda kind: (-words[kind], kind))
    return {kind: min(n, HUES - 1) * 360 // HUES for n, kind in enumerate(ordered)}


def _legend(article: Article, hues: Mapping[str, int]) -> Iterator[str]:
    """What was removed, by kind and rule, with counts."""
    if not article.removed:
        return
    counts: Counter[tuple[str, str]] = Counter()
    words: Counter[tuple[str, str]] = Counter()
    for each in article.removed:
        counts[each.kind, each.rule] += 1
        words[each.kind, each.rule] += len(each.text.split())
    yield '<h2 lang="en">Removed</h2>'
    yield '<table lang="en"><tr><th>kind</th><th>rule</th><th>places</th><th>words</th></tr>'
    order = list(hues)
    for kind, rule in sorted(counts, key=lambda pair: (order.index(pair[0]), -words[pair], pair[1])):
        swatch = f'<del class="swatch" style="--hue:{hues[kind]}">{_text(kind)}</del>'
        number = f'<td class="number">{counts[kind, rule]:,}</td><td class="number">{words[kind, rule]:,}</td>'
        yield f"<tr><td>{swatch}</td><td>{_text(rule)}</td>{number}</tr>"
    yield "</table>"


def _metadata(article: Article) -> Iterator[str]:
    """Each field that has a value, with where the value came from."""
    record = article.to_json()
    yield '<h2 lang="en">Metadata</h2>'
    yield '<table><tr lang="en"><th>field</th><th>value</th><th>from</th></tr>'
    for name in _FIELDS:
        value = record[name]
        if value:
            told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            origin = article.provenance.get(name, "")
            shown = f'<td dir="auto">{_linked(told) if name == "url" else _text(told)}</td>'
            yield f'<tr><th lang="en">{name}</th>{shown}<td class="origin">{_text(origin)}</td></tr>'
    yield "</table>"


def _linked(address: str) -> str:
    """The address as a link when it is one of the web, else as text: no other scheme can be clicked."""
    text = _text(address)
    return f'<a href="{text}" rel="noreferrer noopener nofollow">{text}</a>' if _WEB.fullmatch(address) else text


def _lines(article: Article, extracted: tuple[Line, ...], hues: Mapping[str, int]) -> Iterator[str]:
    for number, group in groupby(spans(article), key=lambda each: each.number):
        line = list(group)
        gone = " gone" if all(each.removal for each in line) else ""
        role = extracted[number - 1].role
        body = "".join(_span(each, hues) for each in line)
        yield f'<li class="{_text(role)}{gone}"><span class="n">{number}</span><span dir="auto">{body}</span></li>'


def _span(each: LineSpan, hues: Mapping[str, int]) -> str:
    if each.removal is None:
        return _text(each.text)
    rule, kind = _text(each.removal.rule), _text(each.removal.kind)
    hue = hues[each.removal.kind]
    return f'<del style="--hue:{hue}" title="{rule}, {kind}">{_text(each.text)}<small>{rule}</small></del>'


def _text(value: str) -> str:
    return escape(safe(value), quote=True)
