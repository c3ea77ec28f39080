"""Lines that are a date, with or without a label, and lines that only look like one."""

import pytest

from backfile.article import Article, Span
from transforms.datestamp import is_stamp, noted


@pytest.mark.parametrize(
    "line",
    [
        "Stand: 14.02.2025, 9:05 Uhr",
        "Veröffentlicht am 14. Februar 2025",
        "Freitag, 14. Februar 2025",
        "Published 14 February 2025 at 09:05 | Updated 15 February 2025",
        "Publié le 14 février 2025 à 09h05 - Mis à jour le 15 février 2025",
        "vendredi 14 février 2025",
        "Publicado el 14 de febrero de 2025 a las 09:05",
        "Última actualización: 14/02/2025",
        "Pubblicato il 14 febbraio 2025 alle 09:05",
        "Ultimo aggiornamento: 14 febbraio 2025, ore 21:05",
        "venerdì 14 febbraio 2025",
        "Tempo di lettura: 3 minuti | 14 febbraio 2025",
        "Gepubliceerd op 14 februari 2025 om 09:05",
        "Laatst bijgewerkt: 14-02-2025 21:05",
        "vrijdag 14 februari 2025 · Leestijd: 3 minuten",
        "Opublikowano: 14 lutego 2025, 09:05",
        "Data aktualizacji: 14.02.2025",
        "piątek, 14 lutego 2025 r.",
        "Publicado em 14/02/2025 às 09h05",
        "Atualizado em 14 de fevereiro de 2025",
        "sexta-feira, 14 de fevereiro de 2025",
        "Publicerad 14 feb 2025 kl 21.05",
        "Опубликовано: 14 февраля 2025",
        "Aggiornato: febbraio 2025",
        "Bijgewerkt: maart 2025",
        "2025年2月14日",
    ],
)
def test_a_line_that_is_a_date_is_a_stamp_in_its_language(line: str) -> None:
    assert is_stamp(line)


@pytest.mark.parametrize(
    "line",
    [
        "febbraio 2025",
        "maart 2025",
        "W piątek, 14 lutego 2025, zamknięto most.",
        "Il 14 febbraio 2025 la giunta ha approvato il bilancio",
        "14 setters 2025",
        "Data center 2025",
        "Stand der Technik 2025",
        "Sabato sera",
        "Publicado por Ana Exemplo",
        "3:2 nach 90 Minuten",
        "14. Ausgabe 2025",
        "Tel. 030 14 02 2025 7",
    ],
)
def test_a_line_that_says_more_or_less_is_no_stamp(line: str) -> None:
    assert not is_stamp(line)


@pytest.mark.parametrize(
    ("line", "language", "published", "updated"),
    [
        (
            "Pubblicato il 14 febbraio 2025 alle 09:05, aggiornato il 15 febbraio 2025",
            "it",
            "2025-02-14T09:05",
            "2025-02-15",
        ),
        ("Bijgewerkt op 15 februari 2025", "nl", None, "2025-02-15"),
        ("Opublikowano 14.02.2025 09:05 | Aktualizacja 15.02.2025", "pl", "2025-02-14T09:05", "2025-02-15"),
        ("Atualizado em 15/02/2025 às 21h05", "pt", None, "2025-02-15T21:05"),
        ("Última actualización: 15 de febrero de 2025", "es", None, "2025-02-15"),
        ("Opublikowano: luty 2025", "pl", "2025-02", None),
    ],
)
def test_published_and_updated_are_told_apart(
    line: str, language: str, published: str | None, updated: str | None
) -> None:
    article = noted(_article(line, language), line, 0)

    assert (published, updated) == (article.published, article.updated)


def _article(line: str, language: str) -> Article:
    return Article(id="a/1", source="a", uri="a.txt", language=language, body=(Span(0, 0, line),))
