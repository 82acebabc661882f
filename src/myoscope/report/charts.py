"""The pictures, as SVG text made on the server: no script, readable in print and without telling red from green.

Every function is pure: numbers and words in, one `<svg>` out. Colours are written as attributes, so that a picture
stands alone, and as classes, so that a page can change them for a dark screen. What a colour says is also said by a
shape, a pattern or a word. Widths are in user units of the viewBox; the picture takes the width it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

INK = "#1b2430"
QUIET = "#5a6675"
GRID = "#c9d1da"
BLUE = "#0b5fa5"
ORANGE = "#c8500a"
PAPER = "#ffffff"

WIDTH = 320.0
MARGIN = 10.0
LETTER = 7.1
"""Mean width of a letter at the size used; good enough to keep labels apart."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Values -> places along the x axis."""

    low: float
    high: float
    left: float = MARGIN
    right: float = WIDTH - MARGIN

    @classmethod
    def around(cls, values: Sequence[float], *, share: float = 0.08) -> Scale:
        """A scale that holds every value, with some room on both sides."""
        low, high = min(values), max(values)
        room = (high - low) * share or abs(high) * share or 1.0
        return cls(low - room, high + room)

    def x(self, value: float) -> float:
        """The place of a value, kept on the picture."""
        share = (value - self.low) / (self.high - self.low)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)


@dataclass(frozen=True, slots=True)
class Label:
    """A text under or above a place on the axis."""

    x: float
    text: str
    colour: str = QUIET
    style: str = "quiet"
    bold: bool = False


def standing_strip(
    *,
    name: str,
    shown: str,
    value: float,
    curve: Sequence[tuple[float, float]],
    cutoffs: Sequence[tuple[float, str]] = (),
    interval: tuple[float, float] | None = None,
    people: str = "people of this age and sex",
) -> str:
    """Where a person lies among others: a strip of centile bands, a marker, and the cut-offs that apply.

    Args:
        name: what is measured.
        shown: the person's value as text, with its unit.
        value: the same as a number.
        curve: (percentile 0-100, value in the same unit), at least two.
        cutoffs: (value, its label), drawn as dashed lines.
        interval: ends of the value's interval where it is an estimate.
        people: whom the strip shows.

    """
    points = sorted(curve, key=lambda point: point[1])
    scale = Scale.around([value, *(v for _, v in points), *(v for v, _ in cutoffs), *(interval or ())], share=0.05)
    top, height = 34.0, 20.0
    under = top + height + 14
    bands = [
        _rect(scale.left, top, scale.right - scale.left, height, "#eef2f6", "band0", rx=4),
        *_bands(scale, points, top, height),
    ]
    lines, labels, bottom = _cut_lines(scale, cutoffs, top, under)
    names = [Label(scale.x(v), "middle" if p == 50 else f"{p:g} %") for p, v in _named_centiles(points)]
    at = scale.x(value)
    marker = [
        f'<path class="ink" d="M{_n(at - 6)} {_n(top - 9)}h12l-6 9z" fill="{INK}"/>',
        _line(at, top, at, top + height, INK, "ink", width=2.5),
        _text(Label(at, shown, INK, "ink", bold=True), top - 14),
    ]
    if interval:
        marker.insert(0, _bracket(scale.x(interval[0]), scale.x(interval[1]), top - 7))
    said = f"{shown}, among {people}: {_curve_words(points)}" + "".join(f"; cut-off {text}" for _, text in cutoffs)
    parts = [*bands, *lines, *(_text(label, under) for label in _apart(names)[0]), *labels, *marker]
    return _svg(f"{name}: where this value lies", said, bottom + 6, parts)


def _bands(scale: Scale, points: Sequence[tuple[float, float]], top: float, height: float) -> list[str]:
    """The strip between neighbouring centiles, darker towards the middle of all people, and a light line at the middle."""
    found = []
    for (p0, v0), (p1, v1) in zip(points, points[1:], strict=False):
        nearness = 1 - abs((p0 + p1) / 2 - 50) / 50
        found.append(
            f'<rect class="band" x="{_n(scale.x(v0))}" y="{_n(top)}" width="{_n(scale.x(v1) - scale.x(v0))}" '
            f'height="{_n(height)}" fill="{BLUE}" fill-opacity="{0.16 + 0.5 * nearness:.2f}"/>'
        )
    middles = [scale.x(v) for p, v in points if p == 50]
    return found + [_line(x, top, x, top + height, PAPER, "paper", width=2) for x in middles]


def _cut_lines(
    scale: Scale, cutoffs: Sequence[tuple[float, str]], top: float, under: float
) -> tuple[list[str], list[str], float]:
    """The dashed lines of the cut-offs, their labels in as many rows as they need, and the lowest row's y."""
    lines, labels, bottom = [], [], under
    for number, row in enumerate(_apart([Label(scale.x(v), text, ORANGE, "cut") for v, text in cutoffs], rows=8)):
        y = under + 16 + 15 * number
        for label in row:
            lines.append(_line(label.x, top - 5, label.x, y - 10, ORANGE, "cut", dash=True))
            labels.append(_text(label, y))
            bottom = y
    return lines, labels, bottom


def number_line(
    *,
    name: str,
    value: float | None,
    shown: str,
    cutoff: float,
    cutoff_shown: str,
    operator: str,
    counts_as: str = "counts",
    interval: tuple[float, float] | None = None,
    said: str = "",
    estimate: bool = False,
) -> str:
    """One comparison: the value's marker against the cut-off, the side that meets the rule shaded.

    Args:
        name: what is compared.
        value: None when it is not known: then only the line and the shaded side are drawn.
        shown: the value as text.
        cutoff: the cut-off, in the value's unit.
        cutoff_shown: the cut-off as text.
        operator: one of < <= > >=.
        counts_as: what the shaded side means, in one or two words.
        interval: ends of an estimate's interval.
        said: the sentence for readers who don't see the picture.
        estimate: the value is estimated: its marker is hollow.

    """
    known = [value] if value is not None else []
    spread = max([abs(v - cutoff) for v in [*known, *(interval or ())]] + [abs(cutoff) * 0.15 or 1.0])
    scale = Scale(cutoff - 1.35 * spread, cutoff + 1.35 * spread)
    top, height = 26.0, 18.0
    at = scale.x(cutoff)
    left, right = (scale.left, at) if operator.startswith("<") else (at, scale.right)
    parts = [_rect(scale.left, top, scale.right - scale.left, height, "#eef2f6", "band0", rx=4)]
    parts.append(
        f'<rect class="low" x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" height="{_n(height)}" fill="{ORANGE}" fill-opacity="0.16"/>'
    )
    parts.append(_hatch(left, right, top, height))
    parts.append(_line(at, top - 5, at, top + height + 5, ORANGE, "cut", width=2))
    side = left + (right - left) / 2
    parts += [
        _text(label, top + height + 16)
        for row in _apart([Label(at, cutoff_shown, ORANGE, "cut", bold=True)])
        for label in row
    ]
    parts.append(
        _text(
            Label(_clamped(side, counts_as, limits=_beside(at, cutoff_shown, operator)), counts_as, ORANGE, "cut"),
            top + height + 16,
        )
    )
    if value is not None:
        if interval:
            parts.append(_bracket(scale.x(interval[0]), scale.x(interval[1]), top + height / 2))
        parts.append(
            f'<circle class="dot" cx="{_n(scale.x(value))}" cy="{_n(top + height / 2)}" r="6.5" fill="{INK}" stroke="{PAPER}" stroke-width="2"/>'
        )
    place = scale.x(value) if value is not None else WIDTH / 2
    parts.append(
        _text(
            Label(
                place,
                shown,
                INK if value is not None else QUIET,
                "ink" if value is not None else "quiet",
                bold=value is not None,
            ),
            top - 9,
        )
    )
    return _svg(
        f"{name}: {shown} against {cutoff_shown}",
        said or f"{name}: {shown}; {counts_as} is {operator} {cutoff_shown}",
        top + height + 22,
        parts,
    )


WEIGHT_BLOCKS = {"weak": 1, "moderate": 2, "strong": 3, "establishes": 4, "excludes": 4}
"""How many blocks a strength is drawn with: an order, not a measure."""


def evidence_blocks(
    *, name: str, for_: Sequence[tuple[str, bool]], against: Sequence[tuple[str, bool]], span: int
) -> str:
    """What speaks against (left, striped) and for (right, full) a cause, as stacked blocks.

    Args:
        name: the cause.
        for_: (strength, unverified) of each piece of evidence; unverified ones are drawn hollow.
        against: the same.
        span: blocks that half the picture holds; the same for all causes of a page, so that they compare.

    """
    span = max(span, 1)
    middle, top, height = WIDTH / 2, 8.0, 16.0
    step = (WIDTH / 2 - MARGIN) / span
    parts = [_line(middle, 2, middle, top + height + 6, QUIET, "quiet")]
    for side, rows in ((1, for_), (-1, against)):
        at = 0.0
        for strength, unverified in rows:
            wide = WEIGHT_BLOCKS[strength] * step
            x = middle + side * at - (wide if side < 0 else 0) + 1.5
            parts.append(_block(x, top, wide - 3, height, side=side, hollow=unverified))
            at += wide
    words = [
        f"for: {', '.join(s for s, _ in for_) or 'nothing'}",
        f"against: {', '.join(s for s, _ in against) or 'nothing'}",
    ]
    return _svg(f"{name}: what speaks for and against it", "; ".join(words), top + height + 10, parts)


def evidence_span(pairs: Sequence[tuple[Sequence[tuple[str, bool]], Sequence[tuple[str, bool]]]]) -> int:
    """The blocks that the longest side of several causes needs."""
    sides = [side for pair in pairs for side in pair]
    return max([sum(WEIGHT_BLOCKS[strength] for strength, _ in side) for side in sides] + [6])


def effect_line(*, name: str, median: float, low: float, high: float, unit: str) -> str:
    """A published effect with its interval, against the line of no effect."""
    scale = Scale.around([0.0, low, high, median], share=0.14)
    y = 22.0
    zero = scale.x(0)
    parts = [
        _line(scale.left, y, scale.right, y, GRID, "grid"),
        _line(zero, y - 12, zero, y + 12, QUIET, "quiet", dash=True),
        f'<rect class="effect" x="{_n(scale.x(low))}" y="{_n(y - 5)}" width="{_n(max(2.0, scale.x(high) - scale.x(low)))}" height="10" rx="5" fill="{BLUE}" fill-opacity="0.35"/>',
        f'<circle class="effect" cx="{_n(scale.x(median))}" cy="{_n(y)}" r="6" fill="{BLUE}"/>',
    ]
    ends = [Label(scale.x(low), f"{low:+g}"), Label(scale.x(high), f"{high:+g}")]
    parts += [_text(label, y + 24) for label in _apart([Label(zero, "no change"), *ends])[0]]
    parts.append(_text(Label(scale.x(median), f"{median:+g} {unit}", INK, "ink", bold=True), y - 10))
    return _svg(
        f"{name}: published effect", f"{median:+g} {unit}, interval {low:+g} to {high:+g} {unit}", y + 30, parts
    )


def _svg(title: str, said: str, height: float, parts: Sequence[str]) -> str:
    """The frame: fluid width, a title and a description, one picture for a screen reader."""
    name = escape(f"{title}. {said}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_n(WIDTH)} {_n(height)}" role="img" aria-label="{name}" '
        f'font-family="system-ui, sans-serif" font-size="12.5"><title>{escape(title)}</title><desc>{escape(said)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _named_centiles(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The centiles that get a label: the outermost two and the middle."""
    return [point for number, point in enumerate(points) if number in {0, len(points) - 1} or point[0] == 50]


def _curve_words(points: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{p:g} per cent lie below {v:.4g}" for p, v in _named_centiles(points))


def _clamped(x: float, text: str, limits: tuple[float, float] = (2.0, WIDTH - 2.0)) -> float:
    """A centred text's x, moved so that the text stays within the limits."""
    half = len(text) * LETTER / 2
    return min(max(x, limits[0] + half), max(limits[1] - half, limits[0] + half))


def _beside(at: float, text: str, operator: str) -> tuple[float, float]:
    """The room left or right of the cut-off's own label."""
    half = len(text) * LETTER / 2 + 6
    return (2.0, at - half) if operator.startswith("<") else (at + half, WIDTH - 2.0)


def _apart(labels: Sequence[Label], rows: int = 1) -> list[list[Label]]:
    """Labels set into as many rows as they need, so that none runs into another; with one row the later ones give way."""
    placed: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    found: list[list[Label]] = [[] for _ in range(rows)]
    for label in labels:
        x = _clamped(label.x, label.text)
        half = len(label.text) * LETTER / 2 + 3
        for spans, row in zip(placed, found, strict=True):
            if all(x + half <= left or x - half >= right for left, right in spans):
                spans.append((x - half, x + half))
                row.append(label)
                break
    return found


_HALO = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"'
"""A rim in the colour of the paper, so that a line behind a text does not cross it out."""


def _text(label: Label, y: float) -> str:
    x = _clamped(label.x, label.text)
    bold = ' font-weight="700"' if label.bold else ""
    return f'<text class="{label.style}" x="{_n(x)}" y="{_n(y)}" text-anchor="middle" fill="{label.colour}"{bold}{_HALO}>{escape(label.text)}</text>'


def _rect(x: float, y: float, width: float, height: float, fill: str, style: str, *, rx: float = 0) -> str:
    return f'<rect class="{style}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{_n(rx)}" fill="{fill}"/>'


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, style: str, *, width: float = 1.5, dash: bool = False
) -> str:
    dashes = ' stroke-dasharray="4 3"' if dash else ""
    return f'<line class="{style}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'


def _bracket(x1: float, x2: float, y: float) -> str:
    """An interval: a bar with two ends."""
    d = f"M{_n(x1)} {_n(y - 4)}v8M{_n(x1)} {_n(y)}H{_n(x2)}M{_n(x2)} {_n(y - 4)}v8"
    return f'<path class="interval" d="{d}" fill="none" stroke="{INK}" stroke-width="2"/>'


def _hatch(left: float, right: float, top: float, height: float) -> str:
    """Slanted lines inside a box: the shading that survives a grey printer."""
    starts = (
        [left + 7 * step for step in range(int(max(0.0, right - left - height) // 7) + 1)]
        if right - left > height
        else []
    )
    d = "".join(f"M{_n(x)} {_n(top + height)}l{_n(height)} {_n(-height)}" for x in starts)
    return f'<path class="hatch" d="{d}" stroke="{ORANGE}" stroke-opacity="0.35" stroke-width="1.2" fill="none"/>'


def _block(x: float, y: float, width: float, height: float, *, side: int, hollow: bool) -> str:
    colour, style = (BLUE, "for") if side > 0 else (ORANGE, "against")
    fill = 'fill="none"' if hollow else f'fill="{colour}" fill-opacity="{0.9 if side > 0 else 0.25}"'
    dashes = ' stroke-dasharray="3 2"' if hollow else ""
    box = f'<rect class="{style}{" hollow" if hollow else ""}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="2" {fill} stroke="{colour}" stroke-width="1.5"{dashes}/>'
    return box + ("" if side > 0 or hollow else _hatch(x, x + width, y, height))


def _n(value: float) -> str:
    """A coordinate without needless digits."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
