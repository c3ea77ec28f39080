"""What a mail program that signs puts around a text."""

from dataclasses import replace

from backfile.article import Article
from transforms.pattern import linear
from transforms.rule import rule

SIGNATURE_LINES = 40  # a signature has no more
_MARK = r"\s*-----BEGIN PGP SIGNED MESSAGE-----\s*|\s*Hash: (?:SHA|MD|RIPEMD)[\d/-]+\s*"
_BEGIN = r"\s*-----BEGIN PGP (?:SIGNATURE|PUBLIC KEY BLOCK)-----\s*"
_END = r"\s*-----END PGP (?:SIGNATURE|PUBLIC KEY BLOCK)-----\s*"


@rule("pgp-signature", version=1, kind="boilerplate")
def drop_pgp_signature(article: Article) -> Article:
    """Takes the marks and the block of a PGP signature; one that does not end is left but for its marks."""
    goes: set[int] = set()
    began: int | None = None
    for at, span in enumerate(article.body):
        if "-----" not in span.text and not span.text.lstrip().startswith("Hash: "):
            continue
        if linear(_MARK).fullmatch(span.text):
            goes.add(at)
        elif linear(_BEGIN).fullmatch(span.text):
            began = at
        elif linear(_END).fullmatch(span.text) and began is not None and at - began <= SIGNATURE_LINES:
            goes.update(range(began, at + 1))
    if not goes:
        return article
    return replace(article, body=tuple(span for at, span in enumerate(article.body) if at not in goes))
