"""A forwarded mail: what the header of the inner mail states takes the place of what the outer one's does."""

from dataclasses import replace

from backfile.article import Extraction, Witness
from transforms import quoted_mail

_OF_THE_OUTER = frozenset({"title", "published", "author", "sender", "list-id", "mail-newsletter"})


def unwrapped(whole: Extraction) -> Extraction:
    """The extraction with the inner mail's statements when a mail was forwarded in it; all its lines stay.

    Who forwarded it and when becomes `forwarded-by` and `fetched`.
    """
    texts = [line.text for line in whole.lines]
    found = quoted_mail.header(texts)
    subject = next((each.value for each in whole.said("title") if each.origin == "header:Subject"), "")
    if found is None or not quoted_mail.is_forwarded(found, texts, subject):
        return whole
    stated = [
        Witness(field, found.fields[name], f"forwarded:{name}")
        for field, name in (("title", "Subject"), ("published", "Date"), ("author", "From"))
        if name in found.fields
    ]
    outer = [
        *(Witness("forwarded-by", each.value, each.origin) for each in whole.said("sender")),
        *(Witness("fetched", each.value, each.origin) for each in whole.said("published")),
    ]
    inner = {each.field for each in stated}
    kept = [each for each in whole.witnesses if each.field not in _OF_THE_OUTER or _stays(each, inner)]
    return replace(whole, witnesses=(*stated, *kept, *outer))


def _stays(witness: Witness, inner: set[str]) -> bool:
    """The subject stays where the inner header has none, and what makes the mail a letter to a list stays."""
    return (witness.field == "title" and "title" not in inner) or witness.field == "mail-newsletter"
