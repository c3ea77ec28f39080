"""One address for one article: what identifies it stays, what only says how one came there goes."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

LONGEST_URL = 2000  # characters; longer ones are no addresses of articles (RFC 9110 asks for 8,000, browsers for 2,000)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKERS = re.compile(  # names of parameters, as documented by the services or seen on several publishers' links
    r"(?:utm|at|mtm|pk|piwik|matomo|hsa|_hs|vero|oly|mkt|ns|wt|wtr|ic|icid|lmd|sara|ga|gad|gcl|fb|mc|ss|sc|sfmc|cx|tt|tw)_\w+"
    r"|_?hs(?:enc|mi|fp|ctatracking)|mkt_tok|yclid|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|twclid|ttclid|igshid|igsh|li_fat_id"
    r"|_ga|_gl|epik|wtrid|wt_?mc|wt_?zmc|wt_?eid|wtmc|cmpid|cmp|cid_source|campaign|campaign_id|ncid|ocid|mbid|smid|smtyp|xtor|xtref"
    r"|ref|referer|referrer|ref_src|ref_url|refsrc|source_ref|srnd|sref|taid|traffic_source|dicbo|s_cid|sc_src|sh_kit|spm|guccounter"
    r"|guce_referrer(?:_sig)?|wickedid|rb_clid|trk|trkcampaign|trkinfo|mkwid|pcrid|__twitter_impression|echobox|share|shared|sharetype"
    r"|soc_src|soc_trk|feature_share|ftag|intcid|int_cid|itid|cmpreposted|recommendation_source|nl_id|newsletter_id|aff_id|affiliate"
    r"|mkevt|_branch_match_id|rss|from_rss|seite_ref|dlvrit|fbc|fbadid|ito|leadsource|vgo_ee|vero_conv|ck_subscriber_id|outputtype_amp",
    re.IGNORECASE,
)
# How the Wayback Machine rewrites the addresses in a page: what is behind the time is the article's own.
_ARCHIVED = re.compile(r"^(?:https?:)?(?://web\.archive\.org)?/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:/)", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


@lru_cache(256)  # an article's address is asked for by its key, its site and its fields
def canonical(url: str, base: str | None = None) -> str | None:
    """The one form of a public http or https address; None when it is none.

    Scheme and host in lower case (a name in Unicode as Punycode), no default port, dot segments, doubled slashes,
    fragment, user or tracking parameter; escapes as RFC 3986 prefers them. Parameters that are not known to be
    trackers stay, in their order, since they may be what identifies the article. A relative `url` needs `base`.
    """
    text = _ARCHIVED.sub("", re.sub(r"[\t\r\n]", "", url).strip())
    if not text or len(text) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        port, name = parts.port, parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.casefold()
    host = _host(name or "")
    if scheme not in _DEFAULT_PORTS or host is None:
        return None
    where = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    return urlunsplit((scheme, where, _path(parts.path), _query(parts.query), ""))


def stated(candidate: str, own: str | None) -> str | None:
    """The canonical form of a `rel=canonical` or og:url that can be believed; None when it cannot.

    A page that says it is another host's, or the bare home page while its own address (`own`) has a path, is wrongly
    made; so is a candidate that is relative while `own` is not known.
    """
    found = canonical(candidate, own)
    if found is None or own is None:
        return found
    here, there = urlsplit(own), urlsplit(found)
    if site(here.hostname or "") != site(there.hostname or ""):
        return None
    if there.path in {"", "/"} and not there.query and (here.path not in {"", "/"} or here.query):
        return None
    return found


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
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name.casefold() if "." in name or name == "localhost" else None


def _path(path: str) -> str:
    """The path without dot segments and doubled slashes, escapes tidy."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in {"", "."}:
            kept.append(_escaped(segment, safe="!$&'()*+,;=:@"))
    slash = "/" if kept and segments[-1] in {"", ".", ".."} else ""
    return "/" + "/".join(kept) + slash


def _query(query: str) -> str:
    kept = [piece for piece in query.split("&") if piece and not _TRACKERS.fullmatch(unquote(piece.partition("=")[0]))]
    return "&".join(_escaped(piece, safe="!$'()*+,;=:@/?[]|") for piece in kept)


def _escaped(text: str, *, safe: str) -> str:
    """`text` with escapes in capitals, unreserved characters bare and all else that needs it escaped."""
    tidy = _ESCAPE.sub(_unescape_unreserved, text)
    return quote(tidy, safe=safe + "%~", errors="replace")


def _unescape_unreserved(match: re.Match[str]) -> str:
    codes = match[0].upper().split("%")[1:]
    return "".join(
        chr(int(code, 16)) if chr(int(code, 16)) in _UNRESERVED and int(code, 16) < 128 else f"%{code}"
        for code in codes
    )
