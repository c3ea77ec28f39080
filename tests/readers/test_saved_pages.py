"""Pages as browsers and archive tools save them: the address and the time of fetching that they write into them.

The shapes are those of real files; the texts are ours.
"""

import time
from pathlib import Path

import pytest

from backfile.article import Failure
from backfile.errors import Reason
from backfile.readers import html, inputs, limits, saved
from tests.readers.conftest import Reading, documents, stated

URL = "https://www.norderhafener-bote.example/region/faehre.html"
PAGE = (
    '<html lang="de"><head><meta charset="utf-8"><title>Fähre</title></head><body><p>Die Fähre lief auf Grund.</body>'
)

BLINK = f"""From: <Saved by Blink>
Snapshot-Content-Location: {URL}
Subject: =?utf-8?Q?F=C3=A4hre?=
Date: Mon, 25 Nov 2024 10:12:00 +0100
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--x7Q----"


------MultipartBoundary--x7Q----
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: {URL}

<html lang=3D"de"><head><meta charset=3D"utf-8"></head><body><p>Die F=C3=A4hre=
 lief auf Grund.</p><iframe src=3D"cid:frame-2@mhtml.blink"></iframe></body></html>
------MultipartBoundary--x7Q----
Content-Type: text/html
Content-ID: <frame-2@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://werbung.example/rahmen.html

<p>Jetzt kaufen!</p>
------MultipartBoundary--x7Q----
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://www.norderhafener-bote.example/bild.png

iVBORw0KGgo=
------MultipartBoundary--x7Q------
"""
EXPLORER = f"""From: "Saved by Windows Internet Explorer 8"
Subject: =?iso-8859-1?Q?F=E4hre?=
Date: Wed, 3 Mar 2010 08:01:02 +0100
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----=_NextPart_000_0000_01CABAAA.5C0A6F50"
X-MimeOLE: Produced By Microsoft MimeOLE V6.1.7600.16385

This is a multi-part message in MIME format.

------=_NextPart_000_0000_01CABAAA.5C0A6F50
Content-Type: text/html;
\tcharset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable
Content-Location: {URL}

<HTML><BODY><P>Die F=E4hre lief auf Grund.</P></BODY></HTML>
------=_NextPart_000_0000_01CABAAA.5C0A6F50--
"""
UNMHT = EXPLORER.replace('"Saved by Windows Internet Explorer 8"', "<Saved by UnMHT>")
OPERA = f"""Content-Type: multipart/related; start=<op.mhtml.2@x>; boundary=----------B
Content-Location: {URL}
Subject: =?utf-8?Q?F=C3=A4hre?=
MIME-Version: 1.0

------------B
Content-Disposition: inline; filename=rahmen.html
Content-Type: text/html; charset=utf-8
Content-ID: <op.mhtml.1@x>
Content-Location: https://werbung.example/
Content-Transfer-Encoding: 8bit

<p>Jetzt kaufen!</p>
------------B
Content-Disposition: inline; filename=faehre.html
Content-Type: text/html; charset=utf-8
Content-ID: <op.mhtml.2@x>
Content-Location: {URL}
Content-Transfer-Encoding: 8bit

<p>Die Fähre lief auf Grund.</p>
------------B--
"""
WORD = """MIME-Version: 1.0
Content-Type: multipart/related; boundary="----=_NextPart_01CABAAA"

------=_NextPart_01CABAAA
Content-Location: file:///C:/5C0A6F50/faehre.htm
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html; charset="windows-1252"

<html><p>Die F=E4hre lief auf Grund.</p></html>
------=_NextPart_01CABAAA--
"""


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (BLINK, {"url": URL, "fetched": "Mon, 25 Nov 2024 10:12:00 +0100"}),
        (EXPLORER, {"url": URL, "fetched": "Wed, 3 Mar 2010 08:01:02 +0100"}),
        (UNMHT, {"url": URL, "fetched": "Wed, 3 Mar 2010 08:01:02 +0100"}),
        (OPERA, {"url": URL}),
        (WORD, {}),
    ],
    ids=["chrome", "explorer", "unmht", "opera", "word"],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_page_in_one_file_is_the_page_without_its_frames(
    reading: Reading, message: str, told: dict[str, str], newline: str
) -> None:
    (item,) = reading("seite.mhtml", message.replace("\n", newline))
    (document,) = documents([item])

    assert "Die Fähre lief auf Grund." in (document.html or "")
    assert "Jetzt kaufen" not in (document.html or "")
    assert {(name, value, saved.ORIGIN) for name, value in told.items()} == set(stated(item))


def test_a_page_in_one_file_without_a_page_is_empty(reading: Reading) -> None:
    (item,) = reading("seite.mht", BLINK.replace("text/html\n", "image/png\n"))

    assert isinstance(item, Failure)
    assert item.reason is Reason.EMPTY


def test_a_page_in_one_file_of_too_many_parts_is_refused(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PARTS", 3)
    (item,) = reading("seite.mht", BLINK)

    assert isinstance(item, Failure)
    assert item.reason is Reason.TOO_MANY


def test_a_page_in_one_file_that_is_cut_keeps_what_is_there(reading: Reading) -> None:
    (document,) = documents(reading("seite.mht", BLINK[: BLINK.index("Grund") + 5]))

    assert "Die Fähre lief auf Grund" in (document.html or "")


SAVED_FROM = f"<!-- saved from url=(0057){URL} -->\n{PAGE}"
SINGLE_FILE = f"""<!DOCTYPE html> <html><!--
 Page saved with SingleFile
 url: {URL}
 saved date: Mon Nov 25 2024 10:12:00 GMT+0100 (Mitteleuropäische Normalzeit)
-->{PAGE}"""
BARE = URL.removeprefix("https://")
HTTRACK = f"""<!DOCTYPE html>
<html>
<!-- Mirrored from {BARE} by HTTrack Website Copier/3.x [XR&CO'2014], Mon, 25 Nov 2024 09:12:44 GMT -->
{PAGE}"""
WAYBACK_SAVED = f"<!-- saved from url=(0100)https://web.archive.org/web/20180321063312/{URL} -->\n{PAGE}"
WAYBACK_SCRIPT = f"""<html><head><script type="text/javascript">__wm.init("https://web.archive.org/web");
  __wm.wombat("{URL}","20180321063312","https://web.archive.org/","web","/_static/",
"1521613992");</script>{PAGE}"""
WAYBACK_END = f"""{PAGE}<!--
     FILE ARCHIVED ON 06:33:12 Mar 21, 2018 AND RETRIEVED FROM THE
     INTERNET ARCHIVE ON 12:44:02 Nov 25, 2024.
     JAVASCRIPT APPENDED BY WAYBACK MACHINE, COPYRIGHT INTERNET ARCHIVE.
-->"""
WGET = f"""HTTP/1.1 200 OK\r
Date: Mon, 25 Nov 2024 09:12:00 GMT\r
Content-Type: text/html; charset=utf-8\r
\r
{PAGE}"""
SAVED = {
    "browser": (SAVED_FROM, URL, None),
    "singlefile": (SINGLE_FILE, URL, "Mon Nov 25 2024 10:12:00 GMT+0100 (Mitteleuropäische Normalzeit)"),
    "httrack": (HTTRACK, URL, "Mon, 25 Nov 2024 09:12:44 GMT"),
    "wayback-browser": (WAYBACK_SAVED, URL, "20180321063312"),
    "wayback-script": (WAYBACK_SCRIPT, URL, "20180321063312"),
    "wayback-end": (WAYBACK_END, None, "06:33:12 Mar 21, 2018"),
    "wget": (WGET, None, "Mon, 25 Nov 2024 09:12:00 GMT"),
    "plain": (PAGE, None, None),
}


@pytest.mark.parametrize(("page", "url", "fetched"), SAVED.values(), ids=SAVED)
def test_what_the_saving_program_wrote_is_stated(
    reading: Reading, page: str, url: str | None, fetched: str | None
) -> None:
    (item,) = reading("faehre.html", page)
    (document,) = documents([item])
    told = [(field, value, saved.ORIGIN) for field, value in (("url", url), ("fetched", fetched)) if value]

    assert told == stated(item)
    assert (document.html or "").lstrip().startswith("<")


def test_the_charset_of_a_saved_header_block_is_used(reading: Reading) -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-2\r\n\r\n"
    (document,) = documents(reading("a.html", block + "<html><p>Żółta łódź".encode("iso-8859-2")))

    assert document.html == "<html><p>Żółta łódź"


def test_files_written_into_a_page_do_not_count(reading: Reading) -> None:
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 1_200_000
    (document,) = documents(reading("a.html", f'{PAGE}<img src="{picture}"><p style="background:url({picture})">Ende.'))

    assert len(document.html or "") < 1_000
    assert "Ende." in (document.html or "")


def test_a_short_address_with_data_in_it_stays() -> None:
    page = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="> Die Rohdaten: data:, und mehr. '

    assert page == html.without_files(page)


@pytest.mark.parametrize(
    "trap",
    [
        "data:" * 200_000,
        "data:image/png," + "a" * 200 + "," * 200_000,
        "HTTP/1.1 200 x\n" + "a:\n" * 200_000,
        "<!-- " * 100_000,
    ],
)
def test_traps_for_the_saving_programs_marks_take_no_time(reading: Reading, trap: str) -> None:
    begun = time.process_time()
    reading("a.html", trap)

    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "folder", ["faehre_files", "faehre-Dateien", "faehre_fichiers", "faehre_pliki", "faehre.files"]
)
def test_frames_beside_a_saved_page_are_no_inputs(tmp_path: Path, folder: str) -> None:
    (tmp_path / "faehre.html").write_text(PAGE)
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "saved_resource.html").write_text("<html><p>Werbung")

    assert [tmp_path / "faehre.html"] == list(inputs(tmp_path))
