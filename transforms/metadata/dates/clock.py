"""Times of day as they stand beside dates: 24 and 12 hours, in words and signs, with the zone as stated."""

import re
from datetime import datetime

from transforms.metadata.dates.when import Clock

_ZONES = {  # minutes east of Greenwich; names that several zones share (IST, AST, GST, BDT) are left out
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "eest": 180, "oez": 120, "oesz": 180, "msk": 180, "trt": 180, "est": -300, "edt": -240, "cst": -360,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
    "nst": -210, "ndt": -150, "adt": -180, "brt": -180, "art": -180, "clt": -240, "clst": -180, "sast": 120,
    "cat": 120, "eat": 180, "wat": 60, "pkt": 300, "npt": 345, "ict": 420, "wib": 420, "wita": 480, "wit": 540,
    "myt": 480, "sgt": 480, "pht": 480, "hkt": 480, "awst": 480, "jst": 540, "kst": 540, "acst": 570, "acdt": 630,
    "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip
_LOCAL = {  # names that mean one thing in one country
    ("ist", "in"): 330, ("ist", "ie"): 60, ("ist", "il"): 120, ("cst", "cn"): 480, ("cst", "tw"): 480,
    ("cst", "cu"): -300, ("bst", "bd"): 360, ("pst", "ph"): 480, ("mst", "my"): 480, ("ast", "ca"): -240,
    ("ast", "pr"): -240, ("gst", "ae"): 240, ("est", "au"): 600, ("edt", "au"): 660,
}  # fmt: skip
_SEASONAL = {  # names that leave it to the date whether it is summer
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}  # fmt: skip
_WRITTEN_SMALL = frozenset({"z", "utc", "gmt", "cet", "cest", "mez", "mesz"})  # others are words: west, est, art, cat
MOST_EAST, MOST_WEST = 14 * 60, -12 * 60

_HALF = r"(?:[ap]\s?\.?\s?m\b\.?|[πμ]\.?\s?μ\b\.?|[صم](?!\w))"
_UNIT = r"(?:heures?|horas?|uhr|uur|hs?|час(?:ов|а)?|год|ч)"
_LEAD = r"(?:kl|klo|kello|klokken|ore|alle\sore|godz|godzina|godzinie)\.?"
_SOFT_LEAD = r"(?:um|at|om|o|alle|a\slas|as|στις)"
_ZONE = "gmt|utc|bst|cet|cest|mez|mesz|eet|eest|msk|[ecmp][sd]?t|ist"
_EAST = r"(?:上午|下午|午前|午後|오전|오후|晚上|凌晨|早上|中午)"
# In folded text. Dots make a time only beside a word that says so; `14.05` is a date's beginning otherwise.
CLOCK = (
    rf"(?:{_EAST}|(?<![^\W_])[ap]m)?\s?(?<![\d:.])\d{{1,2}}[:∶]\d\d(?:[:∶]\d\d(?:[.,]\d{{1,9}})?)?(?![:\d])"
    rf"|{_EAST}?\s?(?<![\d:.])\d{{1,2}}[时時点點시](?:\s?\d{{1,2}}[分분])?"
    rf"|{_EAST}\s?\d{{1,2}}(?!\d)"
    rf"|(?<![\d.,:/-])\d{{1,2}}\.\d\d(?:\.\d\d)?(?![.:/-]?\d)(?=\s?(?:{_HALF}|(?:uhr|uur|h|hod|น|{_ZONE})\b))"
    rf"|(?<!\w){_LEAD}\s?\d{{1,2}}(?:[.:]\d\d(?:[.:]\d\d)?)?(?![.:/-]?\d)"
    rf"|(?<!\w){_SOFT_LEAD}\s\d{{1,2}}\.\d\d(?![.:/-]\s?\d|\d|\.)"
    r"|(?<![\w.,:/-])\d{1,2}h\d\d(?!\d)"
    rf"|(?<![\w.,:/-])\d{{1,2}}\s?{_UNIT}(?:\s\d\d(?:\s?min\b|(?!\s?[.\d]|\s?[^\W\d_])))?(?![^\W_])"
    rf"|(?<![\w.,:/-])\d{{1,2}}(?=\s?{_HALF})"
)
_BEHIND = re.compile(rf"\s?(?P<half>{_HALF})?\s?(?:(?:uhr|uur|horas?|hrs?|hours?|hod|час|ч|h|น|o'clock)(?!\w)\.?)?")
_AFTERNOON = re.compile(r"下午|午後|오후|晚上|pm|p\s?\.?\s?m\b|μ\.?\s?μ|م")
_FORENOON = re.compile(r"上午|午前|오전|凌晨|早上|am|a\s?\.?\s?m\b|π\.?\s?μ|ص")
_DIGITS = re.compile(r"\d+")
_NAMED_OFFSET = re.compile(r"\s*[(\[]?(?:utc|gmt)\s?([+-])\s?(\d{1,2})(?::?(\d\d))?(?!\d)\)?")
_OFFSET = re.compile(r"(?P<gap>\s*)([+-])(\d\d)(?P<colon>:)?(\d\d)?(?![\d:])")
_ZONE_NAME = re.compile(r"\s*[(\[]?([a-z]{1,5})(?![\w'])[)\]]?")
_PLACE = re.compile(r"\s*[(\[][A-Za-zÀ-ÿ_/+:\d\s-]{2,45}[)\]]")


def clock(text: str, folded: str, start: int, end: int, *, country: str) -> tuple[Clock | None, str, int]:
    """The time of day that stands from `start` to `end`, the name of a zone that needs the date, and where it all ends.

    None when there is no such time; `text` is the statement as written, `folded` the same folded.
    """
    figures = [int(each) for each in _DIGITS.findall(folded[start:end])[:3]]
    behind = _BEHIND.match(folded, end)
    stop = behind.end() if behind else end
    hour, minute = figures[0], figures[1] if figures[1:] else 0
    second = figures[2] if figures[2:] else None
    half = folded[start:end] + (behind["half"] or "" if behind else "")
    if _AFTERNOON.search(half):
        hour = hour + 12 if hour < 12 else hour
    elif _FORENOON.search(half) and hour == 12:
        hour = 0
    if not possible(hour, minute, second):
        return None, "", end
    offset, seasonal, stop = _zone(text, folded, stop, country=country, seconds=second is not None)
    return Clock(hour, minute, second, offset), seasonal, stop


def possible(hour: int, minute: int, second: int | None) -> bool:
    """Whether a clock shows this; 24:00 is the end of the day."""
    if hour == 24:
        return minute == 0 and not second
    return hour < 24 and minute < 60 and (second or 0) < 60


def _zone(text: str, folded: str, at: int, *, country: str, seconds: bool) -> tuple[int | None, str, int]:
    if match := _NAMED_OFFSET.match(folded, at):
        offset = _minutes(match[1], match[2], match[3])
        if offset is not None:
            place = _PLACE.match(text, match.end())
            return offset, "", place.end() if place else match.end()
    if match := _OFFSET.match(folded, at):
        # `10:12-12:00` is a range of times; `10:12:00-05:00` and `10:12 +0200` are not.
        certain = match[2] == "+" or seconds or (match[5] and not match["colon"])
        offset = _minutes(match[2], match[3], match[5])
        if offset is not None and certain and (not match["gap"] or match[5]):
            place = _PLACE.match(text, match.end())
            return offset, "", place.end() if place else match.end()
    if match := _ZONE_NAME.match(folded, at):
        name, written = match[1], text[match.start(1) : match.end(1)]
        if written.isupper() or name in _WRITTEN_SMALL:
            if (name, country) in _LOCAL:
                return _LOCAL[name, country], "", match.end()
            if name in _ZONES:
                return _ZONES[name], "", match.end()
            if name in _SEASONAL:
                return None, _SEASONAL[name], match.end()
    return None, "", at


def _minutes(sign: str, hours: str, minutes: str | None) -> int | None:
    if int(minutes or 0) not in {0, 15, 30, 45}:
        return None
    offset = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    return offset if MOST_WEST <= offset <= MOST_EAST else None


def named_offset(text: str) -> int | None:
    """The offset in minutes that stands at the beginning of what follows a machine's time; None if none is certain."""
    return _zone(text, text.lower(), 0, country="", seconds=True)[0]


def offset_at(zone: str, year: int, month: int, day: int, clock: Clock) -> int | None:
    """Minutes east of Greenwich in a zone of the time zone database at that time; None where there is no database."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  (hardly a statement needs it)

    try:
        moment = datetime(year, month, day, clock.hour % 24, clock.minute, tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return None
    distance = moment.utcoffset()
    return None if distance is None else int(distance.total_seconds()) // 60
