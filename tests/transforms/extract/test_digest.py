"""A digest is told from an essay by the addresses of its stories."""

from backfile.article import Document, Extraction, Line, Witness
from transforms.extract import digest, extract

LIST = Witness("mail-newsletter", "yes", "header:List-Unsubscribe")
SUBJECT = Witness("title", "Friday Digest", "header:Subject")
TEXT = "The council has voted to keep the old ferry for three more winters, because a new one would cost too much."
MORE = "On Monday the crew had carried the engine up the hill by hand, as their fathers had done before them in 1951."


def mail(body: str) -> list[Extraction]:
    return extract(Document("m", "", html=f"<html><body>{body}</body></html>", witnesses=(SUBJECT, LIST)))


def story(number: int, *, link: str | None = None, text: str = TEXT) -> str:
    address = link or f"https://news.example/{number}"
    return f'<h2><a href="{address}">Headline of story number {number}</a></h2><p>{text}</p>'


def titles(found: list[Extraction]) -> list[str]:
    return [each.value for part in found for each in part.said("title") if each.origin == "digest:heading"]


def test_headlines_with_addresses_and_text_below_are_stories() -> None:
    found = mail(f"<p>Hello.</p>{story(1)}{story(2)}")

    assert titles(found) == ["Headline of story number 1", "Headline of story number 2"]
    assert [part.story for part in found] == [0, 1, 2]
    assert found[0].lines == (Line("Hello."),)


def test_an_essay_with_sub_headings_stays_one() -> None:
    essay = "".join(f"<h2>Chapter number {number}</h2><p>{TEXT}</p><p>{MORE}</p>" for number in range(4))

    assert len(mail(f'<h1><a href="https://news.example/0">The ferry that stays</a></h1>{essay}')) == 1


def test_an_essay_that_shows_other_posts_in_its_midst_stays_one() -> None:
    card = '<a href="https://news.example/read/{}">Read full story</a>'
    essay = "".join(f"<p>{TEXT}</p><p>{MORE}</p>{story(number)}{card.format(number)}" for number in range(3))

    assert len(mail(f"<h1>The ferry that stays</h1>{essay}<p>{MORE}</p>")) == 1


def test_two_links_to_one_address_are_one_story() -> None:
    one = "https://news.example/1"

    assert len(mail(story(1, link=one) + story(2, link=f"{one}#comments"))) == 1


def test_an_advertisement_is_no_story() -> None:
    found = mail(f"{story(1)}<p>ADVERTISEMENT</p>{story(2)}<h2>Sport</h2>{story(3)}")

    assert titles(found) == ["Headline of story number 1", "Headline of story number 3"]


def test_links_about_the_mail_are_no_stories() -> None:
    rows = ("View online", "Unsubscribe here", "Forward this newsletter")
    links = "".join(f'<p><a href="https://x.example/{n}">{row}</a></p><p>{TEXT}</p>' for n, row in enumerate(rows))

    assert len(mail(links)) == 1


def test_the_address_that_a_click_counter_carries_is_the_storys() -> None:
    counted = "https://click.example/r?u=7&amp;url=https%3A%2F%2Fnews.example%2Fferry%3Futm_source%3Dmail"
    found = mail(story(1, link=counted) + story(2))

    assert [each.value for each in found[1].said("url")] == ["https://news.example/ferry?utm_source=mail"]


def test_more_stories_than_the_limit_stay_one_article() -> None:
    assert len(mail("".join(map(story, range(digest.MOST_STORIES + 1))))) == 1


def test_a_storys_key_does_not_know_its_place() -> None:
    def keys(found: list[Extraction]) -> dict[str, str]:
        return {next(part.said("title")).value: next(part.said("story")).value for part in found[1:]}

    before, after = keys(mail(story(1) + story(2))), keys(mail(story(3) + story(1) + story(2)))

    assert {title: after[title] for title in before} == before


def test_stories_of_plain_text_are_told_by_seams_and_addresses() -> None:
    text = f"""Weekly notes

----------------------------------------
The ferry that stays

{TEXT}

https://news.example/ferry

----------------------------------------
The engine on the hill

{MORE}

Read more: https://news.example/engine
"""
    letter = Document("m", "", text=text, witnesses=(SUBJECT, LIST, Witness("sender", "a@b.example", "header:From")))
    note = Document("m", "", text=text)

    assert titles(extract(letter)) == ["The ferry that stays", "The engine on the hill"]
    assert len(extract(note)) == 1
