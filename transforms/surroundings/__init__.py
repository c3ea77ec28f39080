"""Lines that look and stand like what surrounds an article: teasers, headlines of others, buttons, captions, dates.

Of the words around an article 85 % carry no phrase that tells (measured on the development data, November 2026). What
tells is shape, place, the block of lines they stand in, and that their words are strange to the article. A small model
weighs these (`model.json`, made by benchmarks/train_surroundings.py); this rule decides where it may speak:

* only in a document in which other rules found furniture; an article alone is never looked at;
* never about running text, nor about a shorter whole sentence: what a sentence says is for rules that read;
* never about a line with a web address in it: it may be a source; nor about one or two that a colon or comma announces;
  nor about one around the text that stands between its paragraphs, too: a table of contents names sub-headings;
* between paragraphs only in a block of lines from which another rule took something: the model is never the only
  reason there.
"""

from dataclasses import replace

from backfile.article import Article
from transforms import letter_text, shape
from transforms.agency import is_initials
from transforms.rule import rule
from transforms.surroundings import model
from transforms.surroundings.looks import Look, Place, is_reference, looks

NAME = "surroundings"
# The model's probability from which on a line goes, by place. By cross-validation over five folds of the development
# data, split by site (2026-11-29), these leave 1 word in 33 of what goes wrong among files that people keep (`mixed`);
# docs/scores.md has the figures. Within, the furniture beside it is a second witness.
SURE = {Place.ABOVE: 0.95, Place.BELOW: 0.9, Place.WITHIN: 0.65}
SURE_ABOVE_TEXT = 0.9  # within, of a line right above running text: a sub-heading stands there, whatever is beside it
SENTENCE_WORDS = 4  # that end like a sentence
LONGEST = 600  # characters of a line that may go
MOST_LINES = 3_000  # of a document that is looked at; a longer one is a list, and stays


@rule(NAME, version=2, kind="boilerplate")
def drop_surroundings(article: Article) -> Article:
    """Takes lines that look and stand like teasers and buttons, where other rules found furniture; sentences stay."""
    if len(article.body) > MOST_LINES:
        return article
    gone = {
        look.line for look in looks(article, own=NAME) if may_go(look) and model.probability(look.vector) > sure(look)
    }
    if gone:
        gone -= letter_text.own_lines(article)
    if not gone:
        return article
    left = tuple(span for span in article.body if span.line not in gone)
    return replace(article, body=left) if any(shape.is_prose(span.text) for span in left) else article


def sure(look: Look) -> float:
    """The probability from which on the line goes."""
    return SURE_ABOVE_TEXT if look.place is Place.WITHIN and look.above_text else SURE[look.place]


def may_go(look: Look) -> bool:
    """Whether the model is asked about the line at all."""
    if look.prose or look.goes_on or look.heads or look.place not in SURE or len(look.text) > LONGEST:
        return False
    if is_reference(look.text) or is_initials(look.text) or look.text.rstrip().endswith("("):
        return False  # … or a sentence from whose middle something was taken
    if look.text.endswith(",") and shape.words(look.text) >= SENTENCE_WORDS:
        return False  # what a letter wishes above its signature
    if shape.ends_like_a_sentence(look.text) and shape.words(look.text) >= SENTENCE_WORDS:
        return False
    return look.place is not Place.WITHIN or look.furniture_near
