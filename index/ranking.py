"""How matches are ranked: BM25F, the same numbers in every engine that lets us choose them.

    score of a term in an entry = rarity · tf / (K1 + tf)
    tf     = Σ over fields  BOOST · occurrences / (1 − B + B · length / average length)
    rarity = ln(1 + (N − n + ½) / (n + ½)),  N entries of the term's language, n of them with the term

The parameters were measured with benchmarks of ../shared/data/relevance (docs/engines.md has the table).
"""

from math import log

from index.entry import REMOVED, TEXT, TEXT_FORMS, TITLE, TITLE_FORMS

K1 = 1.3
B = {TITLE: 0.4, TEXT: 0.75, REMOVED: 0.75}
BOOST = {TITLE: 3.0, TEXT: 1.0, REMOVED: 0.5}

# Exact forms are ranked like the stems of their field.
RANKED_AS = {TITLE_FORMS: TITLE, TEXT_FORMS: TEXT}

# What a word counts beside the word of the query, when it is only a spelling near to it (word~1), per edit.
EDIT_WEIGHT = 0.7

# What a word counts in articles of another language than the question's, where that shows: "of" is rare in German
# articles, but a German article is not what an English question asks for because of it.
FOREIGN_WEIGHT = 0.5

# What an article counts that has a word only as a part of a compound: Bodentruppen for "Truppen". It stays below what
# has the word itself once, in articles of average length, until the compound stands there a dozen times.
PART_WEIGHT = 0.5

# What the parts of a compound in the query count beside the whole, when an article need not have all words. With both
# weights gnad-headline gained .011 and xquad-de nothing from the nouns of their own 1,028 and 240 articles, .009 from
# those of 10,000. At .3 xquad-de has .0006 less, at .5 the same (2026-11-29).
QUERY_PART_WEIGHT = 0.4

# Exponent of the share of matching words when an article need not have them all.
COORDINATION = 0.2

# What a function word (der, what, combien) counts beside the words that carry the question.
FUNCTION_WORD_WEIGHT = 0.2


# --- Where words stand (index/placing.py), in shares of what the words themselves are worth (rarity and weight). ---

# So many of the best matches are looked at: 20, 50 and 100 give the same first ten on all sets, and each costs time.
PLACED = 30

# Of the words of a question that an article has within so many places of each other: in a sentence, in a clause. The
# best such passage counts. Twice the weights help questions as much and do harm to abstracts (cranfield -.003).
SENTENCE, SENTENCE_WEIGHT = 15, 0.1
CLAUSE, CLAUSE_WEIGHT = 8, 0.07

# Of all words together, when the text has the whole question as it stands, as if it had been typed in quotes. Questions
# and headlines never stand in a text, so the sets say nothing of it (.1 and .5 are the same). Pairs in order, without
# the rest, do harm: .2 of each takes .009 from cranfield.
PHRASE_WEIGHT = 0.25

# Of a word at the very beginning of the text; half of it LEAD_HALF places on. Reports put what they are about first: it
# gains .007 on cranfield and .005 on English headlines sought in 2,600 articles, where .2 takes .006 from sentences out
# of their midst.
LEAD_WEIGHT = 0.1
LEAD_HALF = 50


# What being new is worth with `--sort best`: at most this share of the score, half of it after so many days. Mild, so
# that no new article overtakes one that has a word more. Not measured: no set here has judgements of news by their day.
RECENCY = 0.25
RECENCY_HALF_LIFE = 180


def recency(age: int) -> float:
    """What a score is multiplied by for an article that is `age` days older than the newest match."""
    return float(1 + RECENCY * 0.5 ** (age / RECENCY_HALF_LIFE))


def rarity(entries: int, having: int) -> float:
    """How much a term tells that `having` of `entries` entries have; above 0 even when all have it."""
    return log(1 + (max(entries, having) - having + 0.5) / (having + 0.5))
