"""The pictures, as SVG text made on the server: no script, readable in print and without telling red from green.

Every function is pure: numbers and words in, one `<svg>` out. Colours are written as attributes, so that a picture
stands alone, and as classes, so that a page can change them for a dark screen. What a colour says is also said by a
shape, a pattern or a word. Lengths are in units of the viewBox; the picture takes the width it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH = 320.0
MARGIN = 10.0
LETTER = 7.6
"""Mean width of a letter; wide enough to keep labels apart in any usual font."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour with the class by which a page may change it."""

    colour: str
    style: str


INK = Ink("#1b2430", "ink")
QUIET = Ink("#5a6675", "quiet")
GRID = Ink("#c9d1da", "grid")
BLUE = Ink("#0b5fa5", "blue")
CUT = Ink("#b3450a", "cut")
PAPER = Ink("#ffffff", "paper")


@dataclass(frozen=True, slots=True)
class Reading:
    """A person's value: as a number, as text, with its interval and a hollow marker where it is an estimate."""

    value: float
    shown: str
    interval: tuple[float, float] | None = None
    estimate: bool = False

    @property
    def reach(self) -> tuple[float, ...]:
        """Every number that has to fit on the picture."""
        return (self.value, *(self.interval or ()))


@dataclass(frozen=True, slots=True)
class Limit:
    """A cut-off: its operator (< <= > >=) says which side meets the rule, `counts_as` what that side means."""

    value: float
    operator: str
    counts_as: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Values -> places along the x axis."""

    low: float
    high: float
    left: float = MARGIN
    right: float = WIDTH - MARGIN

    @classmethod
    def around(cls, values: Sequence[float], *, share: float) -> Scale:
        """A scale that holds every value, with this share of its length as room on both sides."""
        low, high = min(values), max(values)
        room = (high - low) * share or abs(high) * share or 1.0
        return cls(low - room, high + room)

    def x(self, value: float) -> float:
        """The place of a value, kept on the picture."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)


@dataclass(frozen=True, slots=True)
class Label:
    """A text centred above or below a place on the axis."""

    x: float
    text: str
    ink: Ink = QUIET
    bold: bool = False

    @property
    def half(self) -> float:
        """Half its width, by estimate."""
        return len(self.text) * LETTER / 2

    def kept(self, left: float = 2.0, right: float = WIDTH - 2.0) -> float:
        """Its x, moved so that the text stays between two places."""
        return min(max(self.x, left + self.half), max(right - self.half, left + self.half))


def standing_strip(
    name: str,
    reading: Reading,
    curve: Sequence[tuple[float, float]],
    *,
    cutoffs: Sequence[tuple[float, str]] = (),
    people: str = "people of this age and sex",
) -> str:
    """Where a person lies among others: a strip of centile bands, a marker, and the cut-offs that apply.

    Args:
        name: what is measured.
        reading: the person's value.
        curve: (percentile 0-100, value in the same unit), at least two.
        cutoffs: (value, its label), drawn as dashed lines.
        people: whom the strip shows.

    """
    points = sorted(curve, key=lambda point: point[1])
    scale = Scale.around([*reading.reach, *(v for _, v in points), *(v for v, _ in cutoffs)], share=0.05)
    top, height = 34.0, 20.0
    under = top + height + 14
    lines, labels, bottom = _cut_lines(scale, cutoffs, top, under)
    names = [Label(scale.x(v), "middle" if p == 50 else f"{p:g} %") for p, v in _named_centiles(points)]
    at = scale.x(reading.value)
    parts = [
        _track(scale, top, height),
        *_bands(scale, points, top, height),
        *lines,
        *(_text(label, under) for label in _apart(names)[0]),
        *labels,
        _interval(scale, reading, top - 7),
        f'<path class="ink" d="M{xy(at - 6)} {xy(top - 9)}h12l-6 9z" fill="{INK.colour}"/>',
        stroke((at, at), (top, top + height), INK, width=2.5),
        _text(Label(at, reading.shown, INK, bold=True), top - 14),
    ]
    ends = ", ".join(f"{p:g} per cent lie below {v:.4g}" for p, v in _named_centiles(points))
    said = f"{reading.shown}, among {people}: {ends}" + "".join(f"; cut-off {text}" for _, text in cutoffs)
    return svg(f"{name}: where this value lies", said, bottom + 6, parts)


def number_line(name: str, reading: Reading, limit: Limit, *, said: str = "") -> str:
    """One comparison: the value's marker against the cut-off, the side that meets the rule shaded.

    Args:
        name: what is compared.
        reading: the person's value.
        limit: the cut-off, in the value's unit.
        said: the sentence for readers who don't see the picture.

    """
    spread = max([abs(v - limit.value) for v in reading.reach] + [abs(limit.value) * 0.15 or 1.0]) * 1.35
    scale = Scale(limit.value - spread, limit.value + spread)
    top, height = 26.0, 18.0
    at, below = scale.x(limit.value), limit.operator.startswith("<")
    left, right = (scale.left, at) if below else (at, scale.right)
    cut = Label(at, f"{limit.value:g}", CUT, bold=True)
    side = Label((left + right) / 2, limit.counts_as, CUT)
    free = (2.0, at - cut.half - 6) if below else (at + cut.half + 6, WIDTH - 2.0)
    place = scale.x(reading.value)
    style, fill, edge = ("dot estimate", PAPER, INK) if reading.estimate else ("dot", INK, PAPER)
    parts = [
        _track(scale, top, height),
        rectangle(left, top, right - left, height, f'class="low" fill="{CUT.colour}" fill-opacity="0.16"'),
        _hatch(left, right, top, height),
        stroke((at, at), (top - 5, top + height + 5), CUT, width=2),
        _text(cut, top + height + 17),
        _text(Label(side.kept(*free), side.text, CUT), top + height + 17),
        _interval(scale, reading, top + height / 2),
        _dot(
            place,
            top + height / 2,
            f'class="{style}" r="6.5" fill="{fill.colour}" stroke="{edge.colour}" stroke-width="2"',
        ),
        _text(Label(place, reading.shown, INK, bold=True), top - 9),
    ]
    sentence = said or f"{reading.shown}; {limit.counts_as} is {limit.operator} {limit.value:g}"
    return svg(f"{name}: {reading.shown} against {limit.value:g}", sentence, top + height + 23, parts)


BLOCKS = {"weak": 1, "moderate": 2, "strong": 3, "establishes": 4, "excludes": 4}
"""How many blocks a strength is drawn with: an order, not a measure."""

Pieces = Sequence[tuple[str, bool]]
"""(strength, unverified) of each piece of evidence."""


def evidence_blocks(name: str, for_: Pieces, against: Pieces, *, span: int) -> str:
    """What speaks against (left, striped) and for (right, full) a cause, as stacked blocks; unverified ones are hollow.

    Args:
        name: the cause.
        for_: the evidence for it.
        against: the evidence against it.
        span: blocks that half the picture holds; the same for all causes of a page, so that they compare.

    """
    middle, top, height = WIDTH / 2, 8.0, 16.0
    step = (WIDTH / 2 - MARGIN) / max(span, 1)
    parts = [stroke((middle, middle), (2, top + height + 6), QUIET)]
    for right, rows in ((True, for_), (False, against)):
        at = 0.0
        for strength, unverified in rows:
            wide = BLOCKS[strength] * step
            left = middle + at if right else middle - at - wide
            parts.append(_block(left + 1.5, wide - 3, (top, height), right=right, hollow=unverified))
            at += wide
    words = (
        f"{side}: {', '.join(s for s, _ in rows) or 'nothing'}" for side, rows in (("for", for_), ("against", against))
    )
    return svg(f"{name}: what speaks for and against it", "; ".join(words), top + height + 10, parts)


def evidence_span(pairs: Sequence[tuple[Pieces, Pieces]]) -> int:
    """The blocks that the longest side of several causes needs."""
    return max([sum(BLOCKS[strength] for strength, _ in side) for pair in pairs for side in pair] + [6])


def effect_line(name: str, median: float, ends: tuple[float, float], unit: str) -> str:
    """A published effect with its interval, against the line of no effect."""
    low, high = ends
    scale = Scale.around([0.0, low, high, median], share=0.14)
    y, zero, wide = 22.0, scale.x(0), max(2.0, scale.x(high) - scale.x(low))
    below = [Label(zero, "no change"), Label(scale.x(low), f"{low:+g}"), Label(scale.x(high), f"{high:+g}")]
    parts = [
        stroke((scale.left, scale.right), (y, y), GRID),
        stroke((zero, zero), (y - 12, y + 12), QUIET, dash=True),
        rectangle(scale.x(low), y - 5, wide, 10, f'class="effect" rx="5" fill="{BLUE.colour}" fill-opacity="0.35"'),
        _dot(scale.x(median), y, f'class="effect" r="6" fill="{BLUE.colour}"'),
        *(_text(label, y + 25) for label in _apart(below)[0]),
        _text(Label(scale.x(median), f"{median:+g} {unit}", INK, bold=True), y - 10),
    ]
    return svg(f"{name}: published effect", f"{median:+g} {unit}, interval {low:+g} to {high:+g} {unit}", y + 31, parts)


def svg(title: str, said: str, height: float, parts: Sequence[str]) -> str:
    """The frame: fluid width, a title and a description, one picture for a screen reader."""
    name = escape(f"{title}. {said}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {xy(WIDTH)} {xy(height)}" role="img" '
        f'aria-label="{name}" font-family="system-ui, sans-serif" font-size="12.5">'
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>{''.join(parts)}</svg>"
    )


def _named_centiles(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The centiles that get a label: the outermost two and the middle."""
    return [point for number, point in enumerate(points) if number in {0, len(points) - 1} or point[0] == 50]


def _bands(scale: Scale, points: Sequence[tuple[float, float]], top: float, height: float) -> list[str]:
    """The strip between neighbouring centiles, darker towards the middle of all people; a light line at the middle."""
    found = []
    for (p0, v0), (p1, v1) in pairwise(points):
        nearness = 1 - abs((p0 + p1) / 2 - 50) / 50
        look = f'class="band" fill="{BLUE.colour}" fill-opacity="{0.16 + 0.5 * nearness:.2f}"'
        found.append(rectangle(scale.x(v0), top, scale.x(v1) - scale.x(v0), height, look))
    middles = [scale.x(v) for p, v in points if p == 50]
    return found + [stroke((x, x), (top, top + height), PAPER, width=2) for x in middles]


def _cut_lines(
    scale: Scale, cutoffs: Sequence[tuple[float, str]], top: float, under: float
) -> tuple[list[str], list[str], float]:
    """The dashed lines of the cut-offs, their labels in as many rows as they need, and the lowest row's y."""
    lines, labels, bottom = [], [], under
    rows = _apart([Label(scale.x(v), text, CUT) for v, text in cutoffs], rows=max(1, len(cutoffs)))
    for number, row in enumerate(rows):
        y = under + 16 + 15 * number
        for label in row:
            lines.append(stroke((label.x, label.x), (top - 5, y - 10), CUT, dash=True))
            labels.append(_text(label, y))
            bottom = y
    return lines, labels, bottom


def _apart(labels: Sequence[Label], rows: int = 1) -> list[list[Label]]:
    """Labels set into rows, so that none runs into another; when there is no row left a label gives way."""
    placed: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    found: list[list[Label]] = [[] for _ in range(rows)]
    for label in labels:
        start, end = label.kept() - label.half - 3, label.kept() + label.half + 3
        for spans, row in zip(placed, found, strict=True):
            if all(end <= left or start >= right for left, right in spans):
                spans.append((start, end))
                row.append(label)
                break
    return found


def _text(label: Label, y: float) -> str:
    """A text with a rim in the colour of the paper, so that a line behind it does not cross it out."""
    bold = ' font-weight="700"' if label.bold else ""
    look = (
        f'text-anchor="middle" fill="{label.ink.colour}" stroke="{PAPER.colour}" stroke-width="4" paint-order="stroke"'
    )
    place = f'class="{label.ink.style}" x="{xy(label.kept())}" y="{xy(y)}"'
    return f"<text {place} {look}{bold}>{escape(label.text)}</text>"


def rectangle(x: float, y: float, width: float, height: float, look: str) -> str:
    """A box; `look` is its attributes."""
    return f'<rect x="{xy(x)}" y="{xy(y)}" width="{xy(width)}" height="{xy(height)}" {look}/>'


def _dot(x: float, y: float, look: str) -> str:
    return f'<circle cx="{xy(x)}" cy="{xy(y)}" {look}/>'


def _track(scale: Scale, top: float, height: float) -> str:
    """The pale strip everything lies on."""
    return rectangle(scale.left, top, scale.right - scale.left, height, 'class="track" fill="#eef2f6" rx="4"')


def stroke(x: tuple[float, float], y: tuple[float, float], ink: Ink, *, width: float = 1.5, dash: bool = False) -> str:
    """A straight line between two ends."""
    ends = f'x1="{xy(x[0])}" y1="{xy(y[0])}" x2="{xy(x[1])}" y2="{xy(y[1])}"'
    dashes = ' stroke-dasharray="4 3"' if dash else ""
    return f'<line class="{ink.style}" {ends} stroke="{ink.colour}" stroke-width="{width:g}"{dashes}/>'


def _interval(scale: Scale, reading: Reading, y: float) -> str:
    """The interval of a value as a bar with two ends; nothing when it has none."""
    if reading.interval is None:
        return ""
    left, right = (scale.x(end) for end in reading.interval)
    d = f"M{xy(left)} {xy(y - 4)}v8M{xy(left)} {xy(y)}H{xy(right)}M{xy(right)} {xy(y - 4)}v8"
    return f'<path class="interval" d="{d}" fill="none" stroke="{INK.colour}" stroke-width="2"/>'


def _hatch(left: float, right: float, top: float, height: float) -> str:
    """Slanted lines inside a box: the shading that survives a grey printer."""
    room = right - left - height
    starts = [left + 7 * step for step in range(int(room // 7) + 1)] if room > 0 else []
    d = "".join(f"M{xy(x)} {xy(top + height)}l{xy(height)} {xy(-height)}" for x in starts)
    return f'<path class="hatch" d="{d}" stroke="{CUT.colour}" stroke-opacity="0.35" stroke-width="1.2" fill="none"/>'


def _block(x: float, width: float, rows: tuple[float, float], *, right: bool, hollow: bool) -> str:
    ink, style, full = (BLUE, "for", 0.9) if right else (CUT, "against", 0.25)
    fill = 'fill="none" stroke-dasharray="3 2"' if hollow else f'fill="{ink.colour}" fill-opacity="{full}"'
    look = f'class="{style}{" hollow" if hollow else ""}" rx="2" {fill} stroke="{ink.colour}" stroke-width="1.5"'
    return rectangle(x, rows[0], width, rows[1], look) + ("" if right or hollow else _hatch(x, x + width, *rows))


def xy(value: float) -> str:
    """A coordinate without needless digits."""
    return f"{value:.1f}".removesuffix(".0")
