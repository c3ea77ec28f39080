"""What `backfile up` is made of, without a server: its port, and its log."""

import socket
import sys
from pathlib import Path

import pytest

from backfile.config import Archive
from backfile.errors import ArchiveLocked, WrongUse
from backfile.process import this
from flows.operate import start, tend
from flows.operate.home import Home, Record
from tests.flows.living import free_port

CHATTER = "for n in range(400): print(f'line {n} ' + 'x' * 80)"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(Archive(tmp_path))
    made.make()
    return made


def test_where_the_usual_port_is_taken_another_one_is_found_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setattr(start, "USUAL_PORT", number)
        found = start._port(None, None)

        assert found != number
        assert start._port(None, found) == found
        with pytest.raises(WrongUse, match=f"port {number} is taken; leave out --port"):
            start._port(number, None)
    assert start._port(None, None) == number


def test_the_log_is_begun_anew_when_it_is_long_and_one_old_one_is_kept(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tend, "LOG_BYTES", 10_000)
    with tend.logging_to(home) as log:
        child = tend.Child("server", [sys.executable, "-c", CHATTER], 10.0, {}, home, log)
        child.start()
        assert child.process is not None
        child.process.wait(60)
        child.stop()
    files = sorted(each.name for each in home.directory.glob("up.log*"))
    old, new = (home.directory / each for each in ("up.log.1", "up.log"))

    assert files == ["up.log", "up.log.1"]
    assert max(old.stat().st_size, new.stat().st_size) <= 10_000
    assert new.read_text(encoding="utf-8").splitlines()[-1].split()[2:5] == ["server:", "line", "399"]


def test_whether_an_up_runs_is_seen_by_its_note_and_a_second_one_is_refused(home: Home) -> None:
    assert not home.runs()
    home.write(Record(port=free_port(), since="now", up=this()))

    assert home.runs()
    told = f"it runs already, as process {this().pid} since now"
    with home.held(), pytest.raises(ArchiveLocked, match=told), Home(Archive(home.directory.parent)).held():
        pass
