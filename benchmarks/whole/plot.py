"""Cost against number of articles, as SVG that reads in light and dark."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 40, 50
LABEL = 17  # between two names at the right
COLOURS = ("#d1495b", "#2e86ab", "#6a994e", "#8e6bbf", "#c98a1b")


def svg(lines: Mapping[str, Sequence[tuple[float, float]]], *, title: str, across: str, up: str) -> str:
    """Both axes logarithmic; one line for each name: (articles, cost) in ascending order."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    place = _Place(min(xs), max(xs), min(ys), max(ys))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f"<title>{escape(title)}</title>",
        "<style>text{fill:#555;font-size:13px}line{stroke:#9995}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>",
        f'<text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(up)}</text>',
    ]
    parts += _grid(place, sorted(set(xs)))
    labels = _apart([place.y(points[-1][1]) for points in lines.values()])
    for number, ((name, points), label) in enumerate(zip(lines.items(), labels, strict=True)):
        parts += _line(place, name, points, label, COLOURS[number % len(COLOURS)])
    return "\n".join([*parts, "</svg>", ""])


class _Place:
    """Where a value stands on the sheet."""

    def __init__(self, least_x: float, most_x: float, least_y: float, most_y: float) -> None:
        self.decades = range(int(log10(least_y) // 1), int(-(-log10(most_y) // 1)) + 1)
        self._x = (log10(least_x), log10(most_x))
        self._y = (self.decades[0], self.decades[-1])

    def x(self, value: float) -> float:
        low, high = self._x
        return LEFT + (log10(value) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        low, high = self._y
        return HEIGHT - BOTTOM - (log10(value) - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)


def _grid(place: _Place, xs: Sequence[float]) -> list[str]:
    parts = []
    for decade in place.decades:
        y = place.y(10.0**decade)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**decade:,g}</text>')
    for value in xs:
        x = place.x(value)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:,g}</text>')
    return parts


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights in their order, moved down where two names would stand on each other."""
    moved = list(heights)
    last = float("-inf")
    for number in sorted(range(len(moved)), key=moved.__getitem__):
        last = moved[number] = max(moved[number], last + LABEL)
    return moved


def _line(place: _Place, name: str, points: Sequence[tuple[float, float]], label: float, colour: str) -> list[str]:
    at = [(place.x(x), place.y(y)) for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>']
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in at]
    x, _ = at[-1]
    parts.append(f'<text x="{x + 10:.1f}" y="{label + 4:.1f}" style="fill:{colour}">{escape(name)}</text>')
    return parts
