"""The pictures of the forecast: courses over the weeks, effects, causes in kilograms, repeated measures.

Drawn as the others are (`charts`): SVG text, no script, one picture for a screen reader. What is dashed, hatched or
hollow says the same as the colours do.
"""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from myoscope.report.charts import (
    BLUE,
    CUT,
    GRID,
    INK,
    LETTER,
    MARGIN,
    PAPER,
    QUIET,
    WIDTH,
    Ink,
    Scale,
    rectangle,
    stroke,
    svg,
    xy,
)

_LEFT, _RIGHT = 38.0, WIDTH - 12.0
"""The field of a picture with two axes: room for the figures of the upright one at the left."""
_VALUES = 68.0
"""Room for the figures at the right end of a row."""
_LINE = 15.0
_THIN = 1.3


@dataclass(frozen=True, slots=True)
class Track:
    """One course: its name, one middle value a week, and the bands (low, high) around it.

    `main`: drawn full and blue; any other is dashed and grey.
    """

    name: str
    middle: Sequence[float]
    inner: tuple[Sequence[float], Sequence[float]] | None = None
    outer: tuple[Sequence[float], Sequence[float]] | None = None
    main: bool = False

    @property
    def ends(self) -> tuple[float, ...]:
        """Every number that has to fit on the picture."""
        return (*self.middle, *(value for band in (self.inner, self.outer) if band for side in band for value in side))


@dataclass(frozen=True, slots=True)
class Ground:
    """What courses are drawn on.

    Attributes:
        unit: of the values.
        error: between which values a second measurement cannot be told from the first.
        lines: (value, whose line) of definitions; those off the picture are left out.
        span: lowest and highest value of the upright axis; by default what the tracks and the error need.
        height: of the field [units of the picture].

    """

    unit: str = "kg"
    error: tuple[float, float] | None = None
    lines: Sequence[tuple[float, str]] = ()
    span: tuple[float, float] | None = None
    height: float = 190.0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a picture: a middle value and its interval, and the figure in words.

    `mark`: a word behind the name; `hollow`: its source or range does not carry it fully.
    """

    name: str
    value: float
    interval: tuple[float, float]
    shown: str
    mark: str = ""
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Fall:
    """One row of a waterfall: from one level to the next; `end` rows are levels themselves."""

    name: str
    start: float
    stop: float
    interval: tuple[float, float]
    shown: str
    end: bool = False
    open: bool = False


def courses(title: str, weeks: Sequence[int], tracks: Sequence[Track], ground: Ground, *, said: str) -> str:
    """Courses over the weeks.

    Args:
        title: what is shown.
        weeks: from today.
        tracks: the courses, each as long as `weeks`; the last lies on top.
        ground: what they are drawn on.
        said: the sentence for readers who don't see the picture.

    """
    low, high = ground.span or reach([value for track in tracks for value in (*track.ends, *(ground.error or ()))])
    seen = [(value, name) for value, name in ground.lines if low <= value <= high]
    top = 8.0 + _LINE * (len(tracks) + len(seen))
    field = _Field(weeks[-1], low, high, top, top + ground.height)
    parts = [*_axes(field, weeks, ground.unit), *_error(field, ground.error)]
    for track in tracks:
        parts += _bands(field, weeks, track)
    parts += _lines(field, seen, 12.0 + _LINE * len(tracks))
    for number, track in enumerate(tracks):
        parts += [_middle(field, weeks, track), *_legend(track, 12.0 + _LINE * number)]
    return svg(title, said, field.bottom + 30, parts)


def reach(values: Sequence[float]) -> tuple[float, float]:
    """An axis that holds every value, with a little room."""
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    return low - room, high + room


def intervals(title: str, rows: Sequence[Row], *, said: str, zero: str = "as now") -> str:
    """One row an effect: its name, a bar for its interval, a dot in the middle, its figure; the line of none."""
    ends = [end for row in rows for end in (row.value, *row.interval)]
    scale = Scale.around([0.0, *ends], share=0.06)
    scale = Scale(scale.low, scale.high, MARGIN, WIDTH - _VALUES)
    at, y, parts = scale.x(0), 20.0, []
    for row in rows:
        names = _wrapped(f"{row.name}{' ' + row.mark if row.mark else ''}")
        parts += [_words(MARGIN, y + _LINE * n, text, INK, bold=bool(row.mark)) for n, text in enumerate(names)]
        y += _LINE * (len(names) - 1) + 15
        left, right = (scale.x(end) for end in row.interval)
        look = 'fill="none" stroke-dasharray="3 2"' if row.hollow else f'fill="{BLUE.colour}" fill-opacity="0.3"'
        style = "effect hollow" if row.hollow else "effect"
        look = f'class="{style}" rx="5" {look} stroke="{BLUE.colour}" stroke-width="1.2"'
        parts.append(rectangle(left, y - 5, max(right - left, 2.0), 10, look))
        parts.append(f'<circle cx="{xy(scale.x(row.value))}" cy="{xy(y)}" class="effect" r="5" fill="{BLUE.colour}"/>')
        parts.append(_words(WIDTH - MARGIN, y + 4.5, row.shown, INK, anchor="end", bold=True))
        y += 26
    bottom = y - 12
    under = [_upright(at, 6, bottom, QUIET, dash=True), _words(_kept(at, zero), bottom + 13, zero, QUIET, "middle")]
    return svg(title, said, bottom + 20, [*under, *parts])


def waterfall(title: str, falls: Sequence[Fall], *, said: str) -> str:
    """From what was to be expected down to what is there, row by row, each with its interval."""
    ends = [value for fall in falls for value in (fall.start, fall.stop, *fall.interval)]
    around = Scale.around(ends, share=0.05)
    scale = Scale(around.low, around.high, MARGIN, WIDTH - _VALUES)
    y, parts, before = 18.0, list[str](), None
    for fall in falls:
        names = _wrapped(fall.name)
        parts += [_words(MARGIN, y + _LINE * n, text, INK, bold=fall.end) for n, text in enumerate(names)]
        y += _LINE * (len(names) - 1) + 15
        if before is not None:
            level = scale.x(fall.start)
            parts.insert(0, _upright(level, before, y, QUIET, dash=True))
        parts += _fall(scale, fall, y)
        parts.append(_words(WIDTH - MARGIN, y + 4.5, fall.shown, INK, anchor="end", bold=True))
        before = y
        y += 26
    return svg(title, said, y - 8, parts)


def repeated(
    title: str, dated: Sequence[tuple[dt.date, float]], *, error: float | None, band: float | None, said: str
) -> str:
    """One measure on several days, each with its error; between the dotted lines a change may be error alone.

    Args:
        title: what is shown.
        dated: (day, value), at least one, the oldest first.
        error: half the 95 % interval of one measurement, None where it is not known.
        band: smallest detectable change between two, drawn around the first.
        said: the sentence for readers who don't see the picture.

    """
    first = dated[0]
    values = [value + side for _, value in dated for side in (-(error or 0.0), error or 0.0)]
    low, high = reach([*values, *((first[1] - band, first[1] + band) if band else ())])
    days = [(day - first[0]).days for day, _ in dated]
    field = _Field(max(days[-1], 1), low, high, 10.0, 150.0, inset=12.0)
    parts = _levels(field)
    if band:
        parts += _error(field, (first[1] - band, first[1] + band))
    places = [(field.x(day), field.y(value)) for day, (_, value) in zip(days, dated, strict=True)]
    path = "L".join(f"{xy(x)} {xy(y)}" for x, y in places)
    parts.append(f'<path class="course" d="M{path}" fill="none" stroke="{BLUE.colour}" stroke-width="1.6"/>')
    for (x, y), (_, value) in zip(places, dated, strict=True):
        if error:
            ends = field.y(value - error), field.y(value + error)
            d = f"M{xy(x - 4)} {xy(ends[0])}h8M{xy(x)} {xy(ends[0])}V{xy(ends[1])}M{xy(x - 4)} {xy(ends[1])}h8"
            parts.append(f'<path class="interval" d="{d}" fill="none" stroke="{INK.colour}" stroke-width="2"/>')
        look = f'class="dot" r="5" fill="{INK.colour}" stroke="{PAPER.colour}" stroke-width="1.5"'
        parts.append(f'<circle cx="{xy(x)}" cy="{xy(y)}" {look}/>')
    parts.append(_words(_LEFT, field.bottom + 18, first[0].isoformat(), QUIET))
    if len(dated) > 1:
        parts.append(_words(_RIGHT, field.bottom + 18, dated[-1][0].isoformat(), QUIET, "end"))
    return svg(title, said, field.bottom + 26, parts)


@dataclass(frozen=True, slots=True)
class _Field:
    """Weeks (or days) and values -> places on the picture."""

    last: float
    low: float
    high: float
    top: float
    bottom: float
    inset: float = 0.0

    def x(self, week: float) -> float:
        return _LEFT + self.inset + week / self.last * (_RIGHT - _LEFT - 2 * self.inset)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - min(1.0, max(0.0, share)) * (self.bottom - self.top)


def _steps(low: float, high: float) -> list[float]:
    """Three to six round values between two ends."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    first = math.ceil(low / step)
    return [step * number for number in range(first, math.floor(high / step) + 1)]


def _levels(field: _Field) -> list[str]:
    marks = _steps(field.low, field.high)
    digits = max(0, -math.floor(math.log10(marks[1] - marks[0]) + 1e-9)) if len(marks) > 1 else 1
    found = []
    for value in marks:
        y = field.y(value)
        found.append(_level(_LEFT, _RIGHT, y, GRID))
        found.append(_words(_LEFT - 5, y + 4, f"{value:.{digits}f}", QUIET, "end"))
    return found


def _axes(field: _Field, weeks: Sequence[int], unit: str) -> list[str]:
    last = weeks[-1]
    marks = [(0, "today", "start"), (last, f"week {last}", "end")]
    if last >= 8:
        marks.insert(1, (last // 2, f"week {last // 2}", "middle"))
    under = [_words(field.x(week), field.bottom + 17, text, QUIET, anchor) for week, text, anchor in marks]
    return [*_levels(field), *under, _words(4, field.bottom + 17, unit, QUIET)]


def _error(field: _Field, error: tuple[float, float] | None) -> list[str]:
    """Between two dotted lines: what a second measurement cannot tell from the first."""
    if error is None:
        return []
    low, high = (field.y(end) for end in error)
    look = f'class="error" fill="{INK.colour}" fill-opacity="0.05"'
    dots = [
        f'<line class="ink" x1="{xy(_LEFT)}" x2="{xy(_RIGHT)}" y1="{xy(y)}" y2="{xy(y)}" stroke="{INK.colour}" '
        'stroke-width="1.6" stroke-dasharray="1.5 4"/>'
        for y in (low, high)
    ]
    return [rectangle(_LEFT, high, _RIGHT - _LEFT, low - high, look), *dots]


def _bands(field: _Field, weeks: Sequence[int], track: Track) -> list[str]:
    ink, style = (BLUE, "effect") if track.main else (QUIET, "past")
    found = []
    for band, strength in ((track.outer, 0.13), (track.inner, 0.22)):
        if band is None:
            continue
        below, above = ([(field.x(w), field.y(v)) for w, v in zip(weeks, side, strict=True)] for side in band)
        d = "M" + "L".join(f"{xy(x)} {xy(y)}" for x, y in (*below, *reversed(above))) + "Z"
        found.append(f'<path class="{style}" d="{d}" fill="{ink.colour}" fill-opacity="{strength}"/>')
        if band is track.outer:  # the edge survives a grey printer
            for side in (below, above):
                d = "M" + "L".join(f"{xy(x)} {xy(y)}" for x, y in side)
                dash = "" if track.main else ' stroke-dasharray="2 3"'
                found.append(
                    f'<path class="{style}-edge" d="{d}" fill="none" stroke="{ink.colour}" stroke-width="0.8"{dash}/>'
                )
    return found


def _middle(field: _Field, weeks: Sequence[int], track: Track) -> str:
    d = "M" + "L".join(f"{xy(field.x(w))} {xy(field.y(v))}" for w, v in zip(weeks, track.middle, strict=True))
    return f'<path d="{d}" {_stroke(track)}/>'


def _stroke(track: Track) -> str:
    ink, style = (BLUE, "course") if track.main else (INK, "course now")
    dash = "" if track.main else ' stroke-dasharray="6 4"'
    return f'class="{style}" fill="none" stroke="{ink.colour}" stroke-width="2.4"{dash}'


def _legend(track: Track, y: float) -> list[str]:
    sample = f'<path d="M{xy(_LEFT)} {xy(y - 4)}h28" {_stroke(track)}/>'
    return [sample, _words(_LEFT + 35, y, _short(track.name, 32), INK)]


def _lines(field: _Field, lines: Sequence[tuple[float, str]], y: float) -> list[str]:
    """Definitions' lines with their kilograms at the right end; whose they are stands in the legend, from `y` down."""
    found: list[str] = []
    taken: list[float] = []
    for number, (value, name) in enumerate(sorted(lines, reverse=True)):
        at = field.y(value)
        found.append(_level(_LEFT, _RIGHT, at, CUT, dash=True))
        sample = y + _LINE * number
        found.append(_level(_LEFT, _LEFT + 28, sample - 4, CUT, dash=True))
        found.append(_words(_LEFT + 35, sample, _short(name, 32), CUT))
        place = next((p for p in (at - 4, at + 12) if field.top + 8 < p < field.bottom and _free(p, taken)), None)
        if place is not None:
            taken.append(place)
            found.append(_words(_RIGHT - 2, place, f"{value:.1f}", CUT, "end"))
    return found


def _free(at: float, taken: Sequence[float]) -> bool:
    return all(abs(at - other) >= _LINE - 1 for other in taken)


def _fall(scale: Scale, fall: Fall, y: float) -> list[str]:
    left, right = sorted((scale.x(fall.start), scale.x(fall.stop)))
    ends = [scale.x(end) for end in fall.interval]
    d = f"M{xy(ends[0])} {xy(y - 4)}v8M{xy(ends[0])} {xy(y)}H{xy(ends[1])}M{xy(ends[1])} {xy(y - 4)}v8"
    whisker = f'<path class="interval" d="{d}" fill="none" stroke="{INK.colour}" stroke-width="1.6"/>'
    if fall.end:
        dot = f'class="dot" r="6" fill="{INK.colour}" stroke="{PAPER.colour}" stroke-width="2"'
        return [whisker, f'<circle cx="{xy(scale.x(fall.stop))}" cy="{xy(y)}" {dot}/>']
    fill = 'fill="none" stroke-dasharray="3 2"' if fall.open else f'fill="{BLUE.colour}" fill-opacity="0.4"'
    ink, style = (QUIET, "past hollow") if fall.open else (BLUE, "effect")
    look = f'class="{style}" rx="2" {fill} stroke="{ink.colour}" stroke-width="1.4"'
    return [rectangle(left, y - 7, max(right - left, 2.0), 14, look), whisker]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, int((WIDTH - 2 * MARGIN) / LETTER)) or [""]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _kept(x: float, text: str) -> float:
    half = len(text) * LETTER / 2
    return min(max(x, half + 2), WIDTH - half - 2)


def _words(x: float, y: float, text: str, ink: Ink, anchor: str = "start", *, bold: bool = False) -> str:
    look = f'fill="{ink.colour}" stroke="{PAPER.colour}" stroke-width="4" paint-order="stroke"'
    weight = ' font-weight="700"' if bold else ""
    place = f'x="{xy(x)}" y="{xy(y)}" text-anchor="{anchor}"'
    return f'<text class="{ink.style}" {place} {look}{weight}>{escape(text)}</text>'


def _level(left: float, right: float, y: float, ink: Ink, *, dash: bool = False) -> str:
    return stroke((left, right), (y, y), ink, width=_THIN, dash=dash)


def _upright(x: float, top: float, bottom: float, ink: Ink, *, dash: bool = False) -> str:
    return stroke((x, x), (top, bottom), ink, width=_THIN, dash=dash)
