"""From a document to an article: extraction, metadata, and the rules in the one order they run.

`RULES` names every rule; `rules()` makes them. Rules as data stand in `transforms/rules/*.toml`, rules as code in a
module for each family. What a rule is and how one is written: docs/rules.md.
"""

from collections.abc import Sequence
from functools import cache

from transforms.rule import Rule

# What signs, dates and names the text goes first, so that its value is kept and not only its words removed; then
# furniture, by language; then what can be told only when the furniture is gone. `clean` repeats the list until nothing
# changes, so the order decides which rule takes a line that two could take, and nothing else.
RULES = (
    "date-field", "pgp-signature", "spam-report", "forwarded-note", "quoted-mail",
    "unavailable-de", "unavailable-en",
    "repeated-title", "signature", "date-line", "byline", "house-byline", "closing-byline", "agency-credit", "initials",
    "sponsor-block", "letter-links", "letter-contact", "letter-calls", "letter-appeal",
    "letter-footer",
    "tag-line", "related-block", "author-box", "contributor-note", "pull-quote", "advertised",
    "advertisement", "image-credit", "image-caption", "caption-credit", "foreign-credit",
    "share-bar", "share-link", "page-buttons", "letter-buttons", "copyright-line",
    "time-ago", "video-length", "arrow-button", "page-abroad",
    "masthead",
    "consent-de", "newsletter-de", "support-de", "appeal-de", "reader-de", "notice-de", "related-de", "imprint-de",
    "consent-en", "newsletter-en", "support-en", "appeal-en", "reader-en", "related-en", "also-read-en",
    "imprint-en", "sponsor-en", "offer-en", "request-en", "notice-en",
    "unavailable-fr", "consent-fr", "newsletter-fr", "support-fr", "page-fr", "related-fr", "credit-fr", "imprint-fr",
    "unavailable-es", "consent-es", "newsletter-es", "support-es", "page-es", "related-es", "credit-es", "imprint-es",
    "unavailable-it", "consent-it", "newsletter-it", "support-it", "page-it", "related-it", "credit-it", "imprint-it",
    "unavailable-nl", "consent-nl", "newsletter-nl", "support-nl", "page-nl", "related-nl", "credit-nl", "imprint-nl",
    "unavailable-pl", "consent-pl", "newsletter-pl", "support-pl", "page-pl", "related-pl", "credit-pl", "imprint-pl",
    "unavailable-pt", "consent-pt", "newsletter-pt", "support-pt", "page-pt", "related-pt", "credit-pt", "imprint-pt",
    "network-name", "web-address", "separator", "ruled-line",
    "story-label", "story-link",
    "surroundings",
    "headline", "dateline",
    "index-page", "media-page", "legal-page",
    "error-page", "login-page", "consent-wall", "pay-wall", "region-block", "bot-check", "script-needed",
    "parked-domain", "confirmation-mail", "empty-search", "media-notice",
    "nothing-left", "no-text",
)  # fmt: skip

# Before these a rule made of learned lines runs: behind what keeps a value, before what needs the furniture gone.
BEHIND_RECURRING = frozenset(RULES[RULES.index("surroundings") :])

LANGUAGES = ("common", "de", "en", "fr", "es", "it", "nl", "pl", "pt")  # one file of rules as data for each


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in the order of `RULES`. Loaded once, at the first call; patterns are compiled at the first article."""
    from transforms import (  # noqa: PLC0415
        advertising,
        agency,
        authorbox,
        button,
        byline,
        dateline,
        datestamp,
        headline,
        newsletter_blocks,
        notice,
        pagekind,
        pattern,
        pullquote,
        quoted_mail,
        related,
        signed_mail,
        surroundings,
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
            authorbox.drop_contributor_note,
            button.drop_arrow_button,
            byline.take_byline,
            byline.take_closing_byline,
            byline.take_signature,
            dateline.take_dateline,
            datestamp.take_date_field,
            datestamp.take_date_line,
            headline.drop_repeated_title,
            headline.take_headline,
            newsletter_blocks.drop_appeals,
            newsletter_blocks.drop_calls,
            newsletter_blocks.drop_contact_block,
            newsletter_blocks.drop_letter_footer,
            newsletter_blocks.drop_link_rows,
            newsletter_blocks.drop_spam_report,
            newsletter_blocks.drop_sponsor_block,
            newsletter_blocks.drop_story_label,
            newsletter_blocks.drop_story_link,
            quoted_mail.drop_forwarded_note,
            quoted_mail.drop_quoted_mail,
            *notice.Notices().rules(),
            notice.reject_bare_page,
            notice.reject_stub,
            pagekind.reject_index_page,
            pagekind.reject_legal_page,
            pagekind.reject_media_page,
            pullquote.drop_pull_quote,
            related.drop_related_block,
            signed_mail.drop_pgp_signature,
            surroundings.drop_surroundings,
            tagline.take_tag_line,
        )
    }
    return tuple(made[name] for name in RULES)


def with_recurring(made: Sequence[Rule], recurring: Rule) -> tuple[Rule, ...]:
    """The rules, with the one made of a site's learned lines at its place."""
    at = next((number for number, each in enumerate(made) if each.name in BEHIND_RECURRING), len(made))
    return (*made[:at], recurring, *made[at:])
