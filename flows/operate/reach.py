"""Which Prefect server an archive's commands talk to, and how its errors are told."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backfile.config import Archive
from backfile.errors import ServiceUnavailable, WrongUse
from flows.operate.home import Home

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

_NONE = "no Prefect server is set: start one with `backfile up`, or name yours with `export PREFECT_API_URL=…`"


@contextmanager
def connected(archive: Archive) -> Iterator["SyncPrefectClient"]:
    """A client of the server that $PREFECT_API_URL or the user's profile names, else of the one that `up` started.

    Raises:
        ServiceUnavailable: there is none, it does not answer, or it refuses; says what to try.
        WrongUse: it says that something asked of it is wrong.
    """
    _choose_home(archive)
    import httpx  # noqa: PLC0415  # what Prefect reads when it is imported is settled by now
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.exceptions import PrefectHTTPStatusError  # noqa: PLC0415
    from prefect.settings import get_current_settings, temporary_settings  # noqa: PLC0415

    changes = {} if get_current_settings().api.url else _own(archive)
    with temporary_settings(changes):
        url = get_current_settings().api.url
        try:
            with get_client(sync_client=True) as client:
                yield client
        except PrefectHTTPStatusError as error:
            raise _refusal(error, str(url)) from error
        except httpx.HTTPError as error:
            raise ServiceUnavailable(
                f"the Prefect server at {url} does not answer ({type(error).__name__}); "
                "is it running, and is $PREFECT_API_URL right?"
            ) from error
        except RuntimeError as error:  # what Prefect raises when server and client are of different generations
            if "incompatible" not in str(error).lower():
                raise
            raise ServiceUnavailable(f"the Prefect server at {url} is of another version: {error}") from error


def is_set_up(archive: Archive) -> bool:
    """Whether there is anything to ask: an address, a profile, or a folder of `up`. Imports no Prefect."""
    named = any(os.environ.get(name) for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_API_KEY"))
    return named or _profiles().exists() or Home(archive).directory.exists()


def names_a_server(archive: Archive) -> bool:
    """Whether the environment or the user's profile names a server, which then is asked and not that of `up`."""
    _choose_home(archive)
    from prefect.settings import get_current_settings  # noqa: PLC0415

    return bool(get_current_settings().api.url)


def _profiles() -> Path:
    return Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect") / "profiles.toml"


def _choose_home(archive: Archive) -> None:
    """Those who have no Prefect get no `~/.prefect` by asking: its import makes one."""
    home = Home(archive)
    if not os.environ.get("PREFECT_HOME") and not _profiles().exists() and home.directory.exists():
        os.environ["PREFECT_HOME"] = str(home.directory)
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")  # its remarks are for developers


def _own(archive: Archive) -> dict[str, str]:
    """The settings that lead to the server of this archive's `up`."""
    home = Home(archive)
    record = home.read()
    if record.port is None:
        raise ServiceUnavailable(_NONE)
    if not home.runs():
        raise ServiceUnavailable("`backfile up` is not running for this archive; start it in another terminal")
    return {"api.url": home.api(record), "api.auth_string": home.login}


def _refusal(error: Exception, url: str) -> Exception:
    """One line for an answer that is an error: wrong password, wrong request, or a server in trouble."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", 500)
    if status in {401, 403}:
        return ServiceUnavailable(f"the Prefect server at {url} wants a password: set $PREFECT_API_AUTH_STRING")
    told = _detail(response)
    if status in {400, 404, 409, 422}:
        return WrongUse(f"the Prefect server says: {told}")
    return ServiceUnavailable(f"the Prefect server at {url} answers with error {status}: {told}")


def _detail(response: object) -> str:
    try:
        answer = response.json()  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return "no reason given"
    detail = answer.get("detail") or answer.get("exception_detail") or answer if isinstance(answer, dict) else answer
    if isinstance(detail, list):
        detail = "; ".join(str(each.get("msg", each)) if isinstance(each, dict) else str(each) for each in detail)
    return str(detail)[:300]
