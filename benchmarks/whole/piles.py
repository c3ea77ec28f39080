"""Piles of as many articles as are asked for, made of the paragraphs of a real corpus: as pages and as mails."""

import gzip
import html
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

SEED = 20_130_425
FOLDER = 500  # files in one folder
STEP = 3  # words, see `apart`
PARAGRAPHS = (3, 12)  # in one article; the mean of news is 2,000 to 4,000 characters
FIRST = datetime(2013, 1, 1, 6, 15, tzinfo=UTC)

PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title} | Rundblick</title>
<link rel="canonical" href="https://rundblick.example/{number}.html">
<meta property="og:title" content="{title}"><meta name="author" content="{author}">
<meta property="article:published_time" content="{date}"></head>
<body><header><nav><ul><li><a href="/">Rundblick</a></li><li><a href="/p">Politik</a></li>
<li><a href="/s">Sport</a></li><li><a href="/k">Kultur</a></li></ul></nav></header>
<main><article><h1>{title}</h1><p class="byline">Von {author}</p><time datetime="{date}">{date}</time>
{paragraphs}
</article>
<aside><h3>Mehr zum Thema</h3><ul><li><a href="/1">Rat vertagt Beschluss</a></li>
<li><a href="/2">Brücke wieder offen</a></li></ul>
</aside></main>
<footer><p>Newsletter abonnieren</p><p>Folgen Sie uns auf Telegram</p><p>© Rundblick</p></footer></body></html>
"""


@dataclass(frozen=True, slots=True)
class Told:
    """An article as it is written into a pile."""

    number: int
    language: str
    title: str
    author: str
    date: datetime
    paragraphs: tuple[str, ...]


def recombined(corpus: Path, number: int) -> Iterator[Told]:
    """Articles of paragraphs drawn from a corpus (JSON Lines with "lang", "title", "text"), each from one language.

    The same corpus and number give the same articles. Drawing paragraphs keeps the words and how often they occur; real
    archives have more rare words, which is why an index of such a pile is a little smaller than that of a real one.
    """
    pool = _drawn_from(corpus)
    chance = random.Random(SEED)
    languages = sorted(pool)
    weights = [len(pool[each][0]) for each in languages]
    for n in range(number):
        language = chance.choices(languages, weights)[0]
        titles, paragraphs = pool[language]
        title = f"{chance.choice(titles)} {n}"
        chosen = tuple(chance.sample(paragraphs, chance.randint(*PARAGRAPHS)))
        author = f"{chance.choice(('Anke', 'Jonas', 'Eleanor', 'Paul'))} {chance.choice(('Sell', 'Quaye', 'Reichelt'))}"
        yield Told(n, language, title, author, FIRST + timedelta(minutes=37 * n), chosen)


def _drawn_from(corpus: Path) -> dict[str, tuple[list[str], list[str]]]:
    """The titles and paragraphs of each language."""
    pool: dict[str, tuple[list[str], list[str]]] = {}
    opener = gzip.open if corpus.suffix == ".gz" else open
    with opener(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            titles, paragraphs = pool.setdefault(row["lang"], ([], []))
            titles.append(row["title"] or row["text"][:60])
            paragraphs += [each for each in row["text"].split("\n") if len(each) > 80]
    return pool


def apart(told: Iterator[Told], corpus: Path) -> Iterator[Told]:
    """The same articles, with every third word another one of their language, drawn as often as it occurs.

    In a large pile each paragraph of the corpus stands in many articles, which is so in no archive. Of these no three
    words in a row do, so that none is taken for another's copy.
    """
    words: dict[str, list[str]] = {}
    for language, (_, paragraphs) in _drawn_from(corpus).items():
        words[language] = [word for paragraph in paragraphs for word in paragraph.split()]
    chance = random.Random(SEED + 1)
    for each in told:
        changed = []
        for paragraph in each.paragraphs:
            there = paragraph.split()
            there[1::STEP] = chance.choices(words[each.language], k=len(there[1::STEP]))
            changed.append(" ".join(there))
        yield replace(each, paragraphs=tuple(changed))


def as_pages(told: Iterator[Told], directory: Path) -> None:
    """One HTML page an article, in folders of `FOLDER`."""
    for each in told:
        folder = directory / f"{each.number // FOLDER:04}"
        folder.mkdir(parents=True, exist_ok=True)
        page = PAGE.format(
            language=each.language,
            title=html.escape(each.title),
            number=each.number,
            author=each.author,
            date=each.date.isoformat(),
            paragraphs="\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in each.paragraphs),
        )
        (folder / f"{each.number}.html").write_text(page, encoding="utf-8")


def as_lines(told: Iterator[Told], file: Path) -> None:
    """One file of JSON Lines."""
    with file.open("w", encoding="utf-8") as out:
        for each in told:
            row = {
                "id": str(each.number),
                "url": f"https://rundblick.example/{each.number}.html",
                "lang": each.language,
                "title": each.title,
                "author": each.author,
                "date": each.date.isoformat(),
                "text": "\n".join(each.paragraphs),
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def as_mails(told: Iterator[Told], directory: Path) -> None:
    """A Maildir with one plain message an article."""
    for name in ("cur", "new", "tmp"):
        (directory / name).mkdir(parents=True, exist_ok=True)
    for each in told:
        mail = EmailMessage()
        mail["From"] = f"{each.author} <rundblick@rundblick.example>"
        mail["To"] = "leserin@example.org"
        mail["Subject"] = " ".join(each.title.split())
        mail["Date"] = format_datetime(each.date)
        mail["Message-ID"] = f"<{each.number}@rundblick.example>"
        mail["List-Id"] = "<rundblick.rundblick.example>"
        mail.set_content("\n\n".join(each.paragraphs) + "\n\n-- \nNewsletter abbestellen\n")
        (directory / "cur" / f"{each.number}.rundblick:2,S").write_bytes(bytes(mail))
