"""The pictures of a cohort report, drawn as the others are: SVG text, no script, read without colour and in print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from myoscope.report.charts import BLUE, CUT, GRID, INK, PAPER, QUIET, Ink

WIDE, LEFT, RIGHT = 780.0, 264.0, 156.0
"""Width of a picture, and the room for labels at its left and figures at its right."""
ROW = 30.0
_LETTER = 7.3


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion to draw, 0-1, with its interval and the range that unknowns leave open.

    Attributes:
        reliable: drawn full; else hollow.
        shown: the figure in words, at the right.

    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    range: tuple[float, float] | None
    shown: str
    reliable: bool = True


def share_rows(title: str, rows: Sequence[Share]) -> str:
    """One row a definition: a pale hatched bar for what unknowns leave open, a dot with its interval for the rest."""
    ends = [e for r in rows for e in (r.value, r.high, *(r.range or ())) if e is not None]
    top = nice(max(ends, default=0.01))
    parts, bottom = _grid(top, len(rows))
    for number, row in enumerate(rows):
        y = 24 + ROW * number
        parts.append(_label(row.label, y))
        if row.range:
            left, right = (_x(end, top) for end in row.range)
            look = f'class="range" fill="{QUIET.colour}" fill-opacity="0.13" stroke="{GRID.colour}"'
            parts.append(_box(left, y - 8, max(right - left, 1), 16, look))
            parts.append(_hatch(left, right, y - 8, 16))
        parts += _dot_with_interval(row, y, top)
        parts.append(_text(WIDE - RIGHT + 10, y + 4, row.shown, INK if row.reliable else QUIET))
    said = "; ".join(f"{row.label}: {row.shown}" for row in rows)
    return _svg(title, said, bottom, parts)


def _dot_with_interval(row: Share, y: float, top: float) -> list[str]:
    if row.value is None:
        return []
    parts = []
    if row.low is not None and row.high is not None:
        left, right = _x(row.low, top), _x(row.high, top)
        d = f"M{_n(left)} {_n(y - 5)}v10M{_n(left)} {_n(y)}H{_n(right)}M{_n(right)} {_n(y - 5)}v10"
        parts.append(f'<path class="interval" d="{d}" fill="none" stroke="{INK.colour}" stroke-width="1.8"/>')
    style, fill = ("dot", INK.colour) if row.reliable else ("dot estimate", PAPER.colour)
    at = _x(row.value, top)
    look = f'class="{style}" r="5.5" fill="{fill}" stroke="{INK.colour}" stroke-width="2"'
    return [*parts, f'<circle cx="{_n(at)}" cy="{_n(y)}" {look}/>']


@dataclass(frozen=True, slots=True)
class AgeLine:
    """One sex over the age bands; a band without a share is left out."""

    label: str
    points: Sequence[tuple[str, Share]]


def age_lines(title: str, bands: Sequence[str], lines: Sequence[AgeLine]) -> str:
    """A share by age band: squares and a full line for the first sex, circles and a dashed one for the second."""
    width, height, left, base = 340.0, 210.0, 46.0, 172.0
    ends = [e for line in lines for _, p in line.points for e in (p.value, p.high) if e is not None]
    top = nice(max(ends, default=0.01))
    step = (width - left - 12) / max(len(bands), 1)

    def place(share: float) -> float:
        return base - share / top * (base - 20)

    parts = []
    for tick in _ticks(top):
        y = place(tick)
        parts += [
            _line((left, width - 8), (y, y), GRID, 1),
            _text(left - 6, y + 4, percent_tick(tick), QUIET, "end"),
        ]
    for at, band in enumerate(bands):
        parts.append(_text(left + step * (at + 0.5), base + 18, band, QUIET, "middle"))
    for number, line in enumerate(lines):
        ink, dash = ((BLUE, ""), (CUT, ' stroke-dasharray="5 4"'))[number % 2]
        shift = (number - (len(lines) - 1) / 2) * 9
        spots = [(left + step * (bands.index(band) + 0.5) + shift, point) for band, point in line.points]
        known = [(x, place(p.value)) for x, p in spots if p.value is not None]
        d = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in known) if known else ""
        parts.append(
            f'<path class="line-{number}" d="{d}" fill="none" stroke="{ink.colour}" stroke-width="1.6"{dash}/>'
        )
        for x, point in spots:
            if point.value is None:
                continue
            if point.low is not None and point.high is not None:
                parts.append(_line((x, x), (place(point.low), place(point.high)), ink, 1.4))
            parts.append(_mark(number, x, place(point.value), ink, full=point.reliable))
        key = left + 8 + number * 88
        parts += [_mark(number, key, base + 32, ink, full=True), _text(key + 10, base + 36, line.label, INK)]
    said = "; ".join(f"{line.label} {band}: {p.shown}" for line in lines for band, p in line.points)
    return _svg(title, said, height + 4, parts, width)


def _mark(number: int, x: float, y: float, ink: Ink, *, full: bool) -> str:
    style, fill = (f"mark-{number}", ink) if full else (f"mark-{number} hollow", PAPER)
    look = f'class="{style}" stroke="{ink.colour}" stroke-width="2" fill="{fill.colour}"'
    if number % 2:
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="4.5" {look}/>'
    return _box(x - 4, y - 4, 8, 8, look)


@dataclass(frozen=True, slots=True)
class Parts:
    """A row split into named counts."""

    label: str
    counts: Sequence[int]


SPLIT = ("settled", "partly open", "unknown", "not applicable")
"""How a row's answer may end, in the order in which the bar is drawn."""


def split_bars(title: str, rows: Sequence[Parts]) -> str:
    """Where the rows end under each definition: settled, partly open, unknown, not applicable."""
    parts, y = [], 10.0
    keys = LEFT
    for number, name in enumerate(SPLIT):
        parts += [_piece(number, keys, y, 14, 12), _text(keys + 20, y + 10, name, INK)]
        keys += 42 + len(name) * _LETTER
    y += 24
    for row in rows:
        whole, at = max(sum(row.counts), 1), LEFT
        parts.append(_label(row.label, y + 7))
        for number, count in enumerate(row.counts):
            wide = (WIDE - LEFT - RIGHT) * count / whole
            if wide > 0:
                parts.append(_piece(number, at, y, wide, 14))
            at += wide
        asked = sum(row.counts[:3])
        words = f"{percent(row.counts[0] / asked)} settled" if asked else "nobody asked"
        parts.append(_text(WIDE - RIGHT + 10, y + 11, words, INK))
        y += ROW - 6
    said = "; ".join(
        f"{r.label}: " + ", ".join(f"{n:,} {k}" for k, n in zip(SPLIT, r.counts, strict=True)) for r in rows
    )
    return _svg(title, said, y + 4, parts)


def _piece(number: int, x: float, y: float, width: float, height: float) -> str:
    if number == 0:
        return _box(x, y, width, height, f'class="effect" fill="{BLUE.colour}"')
    if number == 1:
        return _box(x, y, width, height, f'class="effect" fill="{BLUE.colour}" fill-opacity="0.4"')
    edge = f'fill="none" stroke="{QUIET.colour}" stroke-width="1"'
    if number == 2:
        return _box(x, y, width, height, f'class="empty" {edge}') + _hatch(x, x + width, y, height)
    return _box(x, y, width, height, f'class="empty" {edge} stroke-dasharray="2 2"')


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows that exactly these definitions call a case; for `sure` of them all others said no."""

    members: frozenset[str]
    rows: int
    sure: int


def overlap(title: str, names: Sequence[tuple[str, str]], columns: Sequence[Overlap]) -> str:
    """Bars of how many rows each combination of definitions shares, and below each bar which definitions it is of.

    Args:
        title: of the picture.
        names: (id, short name) of the definitions, one a row of the grid.
        columns: the combinations, the largest first.

    """
    most = max([column.rows for column in columns] + [1])
    step = min(44.0, (WIDE - LEFT - 16) / max(len(columns), 1))
    base, tall = 150.0, 112.0
    parts = []
    for row, (_, name) in enumerate(names):
        y = base + 28 + row * 24
        if row % 2 == 0:
            parts.append(_box(LEFT, y - 12, WIDE - LEFT - 8, 24, 'class="track" fill="#eef2f6"'))
        parts.append(_label(name, y))
    for at, column in enumerate(columns):
        x = LEFT + 8 + step * (at + 0.5)
        height, sure = tall * column.rows / most, tall * column.sure / most
        wide = step * 0.62
        parts.append(_box(x - wide / 2, base - sure, wide, sure, f'class="effect" fill="{BLUE.colour}"'))
        open_ = f'class="empty" fill="none" stroke="{QUIET.colour}"'
        if height > sure:
            parts.append(_box(x - wide / 2, base - height, wide, height - sure, open_))
            parts.append(_hatch(x - wide / 2, x + wide / 2, base - height, height - sure))
        parts.append(_text(x, base - height - 6, _short(column.rows), INK, "middle"))
        places = [row for row, (name, _) in enumerate(names) if name in column.members]
        ys = [base + 28 + row * 24 for row in range(len(names))]
        if len(places) > 1:
            parts.append(_line((x, x), (ys[places[0]], ys[places[-1]]), INK, 2.5))
        for row, y in enumerate(ys):
            look = f'class="dot" fill="{INK.colour}"' if row in places else f'class="off" fill="{GRID.colour}"'
            parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{6 if row in places else 3.5}" {look}/>')
    called = dict(names)
    said = "; ".join(
        f"{' and '.join(called[m] for m in called if m in c.members)}: {c.rows:,} rows, {c.sure:,} of them sure"
        for c in columns
    )
    return _svg(title, said, base + 24 + 24 * len(names), parts)


@dataclass(frozen=True, slots=True)
class Swing:
    """A cut-off that is moved: the shares along the way, the printed one among them at `printed`."""

    label: str
    values: Sequence[str]
    shares: Sequence[float]
    printed: int


def swings(title: str, rows: Sequence[Swing]) -> str:
    """How far the prevalence moves with each cut-off: a bar between the ends, a line at the printed value."""
    top = nice(max([share for row in rows for share in row.shares] + [0.001]))
    parts, bottom = _grid(top, len(rows))
    for number, row in enumerate(rows):
        y = 24 + ROW * number
        ends = [(_x(share, top), value) for share, value in zip(row.shares, row.values, strict=True)]
        (left, first), (right, last) = min(ends), max(ends)
        middle = _x(row.shares[row.printed], top)
        parts += [
            _label(row.label, y),
            _box(
                left,
                y - 5,
                max(right - left, 1.5),
                10,
                f'class="effect" rx="3" fill="{BLUE.colour}" fill-opacity="0.4"',
            ),
            *(_line((x, x), (y - 5, y + 5), BLUE, 1) for x, _ in ends),
            _line((middle, middle), (y - 10, y + 10), INK, 2.5),
        ]
        shares = sorted(row.shares)
        words = f"{percent(shares[0])} – {percent(shares[-1])}"
        parts.append(_text(WIDE - RIGHT + 10, y + 4, words, INK))
        if right - left > 60 and left > LEFT + 50 and right < WIDE - RIGHT - 50:
            parts += [_text(left - 4, y + 4, first, QUIET, "end"), _text(right + 4, y + 4, last, QUIET)]
    said = "; ".join(
        f"{r.label}: " + ", ".join(f"{v} gives {percent(s)}" for v, s in zip(r.values, r.shares, strict=True))
        for r in rows
    )
    return _svg(title, said, bottom, parts)


@dataclass(frozen=True, slots=True)
class Settles:
    """A missing measurement: answers it would settle for sure, and those it might."""

    label: str
    surely: int
    possibly: int


def settle_bars(title: str, rows: Sequence[Settles]) -> str:
    """What would settle most open answers: full bars for sure, hatched for perhaps."""
    most = max([row.possibly for row in rows] + [1])
    parts, y = [], 10.0
    parts += [_piece(0, LEFT, y, 14, 12), _text(LEFT + 20, y + 10, "settles it, whatever the value", INK)]
    parts += [_piece(2, LEFT + 226, y, 14, 12), _text(LEFT + 246, y + 10, "settles it, for some values", INK)]
    y += 26
    for row in rows:
        full, perhaps = ((WIDE - LEFT - RIGHT) * count / most for count in (row.surely, row.possibly))
        parts += [_label(row.label, y + 7), _piece(0, LEFT, y, full, 14)]
        if perhaps > full:
            parts.append(_piece(2, LEFT + full, y, perhaps - full, 14))
        parts.append(_text(LEFT + perhaps + 6, y + 11, f"{row.surely:,} / {row.possibly:,}", INK))
        y += ROW - 4
    said = "; ".join(f"{r.label}: {r.surely:,} for sure, {r.possibly:,} perhaps" for r in rows)
    return _svg(title, said, y + 4, parts)


def percent(share: float | None) -> str:
    """A share as people write it: '1.8 %', '0.06 %'; more digits only where they are needed."""
    if share is None:
        return "–"
    value = 100 * share
    if value == 0 or value >= 99.95:
        return f"{value:.0f} %"
    return f"{value:.2f} %" if value < 0.95 else f"{value:.1f} %"


def percent_tick(share: float) -> str:
    """A tick of the axis."""
    return f"{100 * share:.3g} %"


def nice(value: float) -> float:
    """The end of an axis: the next number above that has even quarters."""
    if value <= 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(value))
    steps = (power * step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 4.8, 6, 8, 10))
    return min(1.0, next(float(end) for end in steps if end >= value * 0.999))


def _ticks(top: float) -> list[float]:
    return [top * at / 4 for at in range(5)]


def _x(share: float, top: float) -> float:
    return LEFT + min(1.0, max(0.0, share / top)) * (WIDE - LEFT - RIGHT)


def _grid(top: float, rows: int) -> tuple[list[str], float]:
    """The lines of the axis with their figures, and where the picture ends."""
    bottom = 24 + ROW * rows
    parts = []
    for tick in _ticks(top):
        x = _x(tick, top)
        parts += [
            _line((x, x), (8, bottom - 12), GRID, 1),
            _text(x, bottom + 4, percent_tick(tick), QUIET, "middle"),
        ]
    return parts, bottom + 14


def _label(text: str, y: float) -> str:
    room = int((LEFT - 10) / _LETTER)
    short = text if len(text) <= room else f"{text[: room - 1]}…"
    return _text(LEFT - 10, y + 4, short, INK, "end")


def _short(count: int) -> str:
    return f"{count:,}" if count < 100_000 else f"{count / 1e6:.1f} M" if count >= 1_000_000 else f"{count / 1e3:.0f} k"


def _svg(title: str, said: str, height: float, parts: Sequence[str], width: float = WIDE) -> str:
    name = escape(f"{title}. {said}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart wide" viewBox="0 0 {_n(width)} {_n(height)}" role="img" '
        f'aria-label="{name}" font-family="system-ui, sans-serif" font-size="13">'
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>{''.join(parts)}</svg>"
    )


def _text(x: float, y: float, text: str, ink: Ink, anchor: str = "start") -> str:
    rim = f'stroke="{PAPER.colour}" stroke-width="3" paint-order="stroke"'
    place = f'class="{ink.style}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="{ink.colour}" {rim}'
    return f"<text {place}>{escape(text)}</text>"


def _box(x: float, y: float, width: float, height: float, look: str) -> str:
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" {look}/>'


def _line(x: tuple[float, float], y: tuple[float, float], ink: Ink, width: float) -> str:
    ends = f'x1="{_n(x[0])}" y1="{_n(y[0])}" x2="{_n(x[1])}" y2="{_n(y[1])}"'
    return f'<line class="{ink.style}" {ends} stroke="{ink.colour}" stroke-width="{width:g}"/>'


def _hatch(left: float, right: float, top: float, height: float) -> str:
    """Slanted lines that stay inside a box: what is open is told from what is sure without colour."""
    d = []
    at = left - height
    while at < right:
        start, end = max(at, left), min(at + height, right)
        if end > start:
            d.append(f"M{_n(start)} {_n(top + height - (start - at))}L{_n(end)} {_n(top + height - (end - at))}")
        at += 6
    look = f'class="open-hatch" stroke="{QUIET.colour}" stroke-opacity="0.55" stroke-width="1" fill="none"'
    return f'<path d="{"".join(d)}" {look}/>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
