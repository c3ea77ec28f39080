"""From a document to an article: extraction, metadata, and the rules in the one order they run.

`RULES` names every rule; `rules()` makes them. Rules as data stand in `transforms/rules/*.toml`, rules as code in a
module for each family. What a rule is and how one is written: docs/rules.md.
"""

from functools import cache

from transforms.rule import Rule

# What signs, dates and names the text goes first, so that its value is kept and not only its words removed; then
# furniture, by language; then what can be told only when the furniture is gone. `clean` repeats the list until nothing
# changes, so the order decides which rule takes a line that two could take, and nothing else.
RULES = (
    "date-field", "pgp-signature",
    "unavailable-de", "unavailable-en",
    "repeated-title", "signature", "date-line", "byline", "house-byline", "closing-byline", "agency-credit", "initials",
    "tag-line", "related-block", "author-box", "pull-quote", "advertised",
    "advertisement", "image-credit", "image-caption", "share-bar", "copyright-line",
    "masthead",
    "consent-de", "newsletter-de", "support-de", "appeal-de", "reader-de", "related-de", "imprint-de",
    "consent-en", "newsletter-en", "support-en", "appeal-en", "reader-en", "related-en", "imprint-en", "sponsor-en",
    "newsletter-fr", "related-fr", "page-fr", "imprint-fr",
    "newsletter-es", "related-es", "page-es", "imprint-es",
    "network-name", "web-address", "separator",
    "headline", "dateline",
    "error-page", "nothing-left",
)  # fmt: skip

LANGUAGES = ("common", "de", "en", "fr", "es")  # one file of rules as data for each


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in the order of `RULES`. Loaded once, at the first call; patterns are compiled at the first article."""
    from transforms import (  # noqa: PLC0415
        advertising,
        agency,
        authorbox,
        byline,
        dateline,
        datestamp,
        headline,
        notice,
        pattern,
        pullquote,
        related,
        signed_mail,
        tagline,
    )

    sheet = pattern.Sheet([each for language in LANGUAGES for each in pattern.load(language)], loose=True)
    made = {
        each.name: each
        for each in (
            *sheet.rules(),
            advertising.drop_advertised_offer,
            agency.take_agency_credit,
            agency.take_initials,
            authorbox.drop_author_box,
            byline.take_byline,
            byline.take_closing_byline,
            byline.take_signature,
            dateline.take_dateline,
            datestamp.take_date_field,
            datestamp.take_date_line,
            headline.drop_repeated_title,
            headline.take_headline,
            notice.reject_error_page,
            notice.reject_stub,
            pullquote.drop_pull_quote,
            related.drop_related_block,
            signed_mail.drop_pgp_signature,
            tagline.take_tag_line,
        )
    }
    return tuple(made[name] for name in RULES)
