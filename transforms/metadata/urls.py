"""One address for one article: what identifies it stays, what only says how one came there goes."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, unquote_plus, urljoin, urlsplit, urlunsplit

from transforms.metadata import trackers

LONGEST_URL = 2000  # characters; longer ones are no addresses of articles (RFC 9110 asks for 8,000, browsers for 2,000)
LONGEST_WRAPPED = 8000  # of an address within which another one stands
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_BARE = re.compile(r"[A-Za-z0-9._~-]*")
_ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_ROUTE = re.compile(r"!.|/[^/]")  # fragments that a page's script reads as its path: `#!/a`, `#/a/5`


@lru_cache(256)  # an article's address is asked for by its key, its site and its fields
def canonical(url: str, base: str | None = None) -> str | None:
    """The one form of a public http or https address; None when it is none.

    Scheme and host in lower case (a name in Unicode as Punycode), no default port, dot segments, doubled slashes,
    fragment (but `#!/route`), user, session or tracking parameter; escapes as RFC 3986 prefers them, parameters in the
    order of their names. What leads elsewhere (mail filters, share buttons, archives) is followed as far as the address
    itself tells where. Parameters that are not known to be trackers stay, since they may be what identifies the
    article. A relative `url` needs `base`.
    """
    text = re.sub(r"[\t\r\n]", "", url).strip()
    if not text or len(text) > LONGEST_WRAPPED:
        return None
    text = trackers.unwrapped(text.replace("&amp;", "&"))
    if len(text) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(trackers.unwrapped(urljoin(base, text)) if base else text)
        port, name = parts.port, parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.casefold()
    host = _host(name or "")
    if scheme not in _DEFAULT_PORTS or host is None:
        return None
    where = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    route = _escaped(parts.fragment, safe="!$&'()*+,;=:@/?") if _ROUTE.match(parts.fragment) else ""
    return urlunsplit((scheme, where, _path(parts.path), _query(parts.query, host), route))


def split(url: str) -> SplitResult:
    """The parts of an address as somebody states it; all of them empty where it is none, as `http://[::1`."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def stated(candidate: str, own: str | None) -> str | None:  # noqa: PLR0911 - a line for each thing that is wrong
    """The canonical form of a `rel=canonical` or og:url that can be believed; None when it cannot.

    A page that says it is another publisher's, the bare home page or the section it stands in, another article, a
    template's gap (`{{url}}`) or a machine of the newsroom's own (`staging.`, `localhost`) is wrongly made; so is a
    candidate that is relative while its own address (`own`) is not known. An address that differs from its own only by
    being http is taken as https.
    """
    if _GAP.search(candidate):
        return None
    found = canonical(candidate, own)
    if found is None or _is_of_newsroom(found, own):
        return None
    if own is None:
        return found
    here, there = urlsplit(own), urlsplit(found)
    if not _is_same_publisher(here.hostname or "", there.hostname or "", here.path, there.path):
        return None
    home = there.path in {"", "/"} and not (there.query or there.fragment)
    if home and (here.path not in {"", "/"} or here.query):
        return None
    if _is_above(here.path, there.path) or _are_different(here.path, there.path):
        return None
    if (here.scheme, there.scheme) == ("https", "http") and here.netloc == there.netloc:
        return urlunsplit(there._replace(scheme="https"))
    return found


_GAP = re.compile(
    r"\{\{|\}\}|\{\w+\}|\$\{|<[%?]|%7B%7B|\[\[|/(?:undefined|null|nan)(?:[/?#]|$)|^(?:undefined|null)$", re.IGNORECASE
)
_NEWSROOM = re.compile(
    r"^(?:.*\.)?(?:localhost|staging|stage|stg|preprod|pre-prod|preview|develop|dev|test|testing|qa|uat|backend|intern|internal|local)"
    r"(?:[.-]|$)|\.(?:local|localdomain|internal|intranet|lan|test|invalid)$"
)


def _is_of_newsroom(found: str, own: str | None) -> bool:
    """Whether an address is of a machine that readers do not reach, and the page's own one is not."""
    host = urlsplit(found).hostname or ""
    if own and host == urlsplit(own).hostname:
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return bool(_NEWSROOM.search(host))


def _is_same_publisher(here: str, there: str, path: str, other: str) -> bool:
    """Whether the hosts are doors of one site, or hosts of one domain that have this article both."""
    if site(here) == site(there):
        return True
    return domain(here) == domain(there) and _last(path) == _last(other)


def _last(path: str) -> str:
    """The last segment that names something, without what tells a version of it."""
    named = [each for each in path.casefold().split("/") if each and not _VERSION.fullmatch(each)]
    return re.sub(r"(?:[.-]amp)?(?:\.(?:s?html?|php|aspx?))?$", "", named[-1]) if named else ""


_VERSION = re.compile(r"amp|print|drucken|seite-?\d*|page-?\d*|\d{1,2}|all|komplettansicht|index\.\w+|amp\.html|full")
_ARTICLE_LIKE = re.compile(r"(?:\w+-){3}|\d{5}")  # a slug of four words, or a number


def _is_above(path: str, other: str) -> bool:
    """Whether `other` is a section that an article's address, `path`, stands in."""
    last = _last(path)
    inside = path.casefold().startswith(other.casefold().rstrip("/") + "/") and other.rstrip("/") != path.rstrip("/")
    return inside and bool(_ARTICLE_LIKE.search(last)) and last != _last(other)


def _are_different(path: str, other: str) -> bool:
    """Whether both name an article in words, and no word, figure or number is the same."""
    here, there = (set(re.findall(r"[^\W\d_]{4,}|\d{3,}", _last(unquote(each)))) for each in (path, other))
    slugs = all(len(_last(each).split("-")) >= LEAST_SLUG for each in (path, other))
    return slugs and not here & there


LEAST_SLUG = 4  # words of a last segment that is a headline


@lru_cache(1024)
def domain(host: str) -> str:
    """The part of a host that somebody registered: `bbc.co.uk` of `news.bbc.co.uk`, `a.blogspot.com` of itself.

    By the list of public suffixes that is installed with `tld`; for names it does not have, the last two labels.
    """
    from tld import get_fld  # noqa: PLC0415 - a list of 300 kB is read

    found = get_fld(f"http://{host.casefold()}/", fail_silently=True)
    return found or ".".join(host.casefold().split(".")[-2:])


def site(host: str) -> str:
    """The host without the labels that one site's doors differ in: www, m, mobile, amp."""
    return re.sub(r"^(?:(?:www\d?|m|mobile|amp)\.)+", "", host.casefold())


def _host(name: str) -> str | None:
    """The host as it stands in an address; None when it can be no public one."""
    name = name.rstrip(".")
    if not name or len(name) > 253 or re.search(r"[\s<>\"'{}|\\^`%]", name):
        return None
    if ":" in name:
        try:
            return f"[{ipaddress.IPv6Address(name.partition('%')[0])}]"
        except ValueError:
            return None
    if not name.isascii():
        import idna  # noqa: PLC0415 - few hosts need its tables

        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except UnicodeError:
            return None
    return name.casefold() if "." in name or name == "localhost" else None


def _path(path: str) -> str:
    """The path without dot segments, doubled slashes and sessions, escapes tidy."""
    kept: list[str] = []
    segments = _SESSION.sub("", path).split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in {"", "."}:
            kept.append(_escaped(segment, safe="!$&'()*+,;=:@"))
    slash = "/" if kept and segments[-1] in {"", ".", ".."} else ""
    return "/" + "/".join(kept) + slash


def _query(query: str, host: str) -> str:
    """What is left of the parameters; sorted by name where all have one, those of one name in their order."""
    kept = [piece for piece in query.split("&") if piece and not _is_tracker(host, piece)]
    tidy = [_escaped(piece, safe="!$'()*+,;=:@/?[]|") for piece in kept]
    if all("=" in piece for piece in tidy):
        tidy.sort(key=lambda piece: piece.partition("=")[0])
    return "&".join(tidy)


def _is_tracker(host: str, piece: str) -> bool:
    name, _, value = piece.partition("=")
    return trackers.is_tracker(host, unquote(name), unquote_plus(value))


def _escaped(text: str, *, safe: str) -> str:
    """`text` with escapes in capitals, unreserved characters bare and all else that needs it escaped."""
    if _BARE.fullmatch(text):
        return text
    tidy = _ESCAPE.sub(_unescape_unreserved, text)
    return quote(tidy, safe=safe + "%~", errors="replace")


def _unescape_unreserved(match: re.Match[str]) -> str:
    codes = match[0].upper().split("%")[1:]
    return "".join(
        chr(int(code, 16)) if chr(int(code, 16)) in _UNRESERVED and int(code, 16) < 128 else f"%{code}"
        for code in codes
    )
