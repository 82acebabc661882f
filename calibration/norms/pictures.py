"""The report's pictures: centile curves by age, and the centiles of the people themselves, as small SVG files."""

from __future__ import annotations

import numpy as np

from calibration.norms.diagnose import FIFTH, Fit
from calibration.norms.lms import Array
from calibration.norms.samples import TOP_CODE

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 720, 330, 46, 34, 34, 30
INKS = ("#1f5fa8", "#b4521b")
CENTILES = ((0.05, -FIFTH), (0.5, 0.0), (0.95, FIFTH))
BAND = 5


def curves(title: str, sets: list[tuple[str, list[Fit]]]) -> str:
    """Two panels (women, men); each set of fits a colour; dots are the weighted centiles of the people by five years.

    Args:
        title: of the picture.
        sets: (what it is, the fits of both sexes), at most two.

    """
    unit = sets[0][1][0].plan.unit
    every = [one for _, both in sets for one in both]
    low_age = min(one.plan.ages[0] for one in every)
    high_age = max(_drawn_age(one) for one in every)
    top_value = max(float(_lines(one)[1].max()) for one in every) * 1.06
    panel = (WIDTH - LEFT - GAP) / 2
    parts = [_text(LEFT, 16, title, bold=True)]
    for side, sex in enumerate(("female", "male")):
        x0 = LEFT + side * (panel + GAP)

        def x(age: float, x0: float = x0) -> float:
            return x0 + (age - low_age) / (high_age - low_age) * (panel - 8)

        def y(value: float) -> float:
            return HEIGHT - BOTTOM - value / top_value * (HEIGHT - TOP - BOTTOM)

        parts += _axes(x, y, low_age, high_age, top_value, ("Women" if sex == "female" else "Men", unit, side))
        for ink, (_, both) in zip(INKS, sets, strict=False):
            one = next(one for one in both if one.sex == sex)
            ages, lines = _lines(one)
            for line, (centile, _) in zip(lines.T, CENTILES, strict=True):
                d = "M" + "L".join(f"{x(a):.1f} {y(v):.1f}" for a, v in zip(ages, line, strict=True))
                width = 2.2 if centile == 0.5 else 1.3
                parts.append(f'<path d="{d}" fill="none" stroke="{ink}" stroke-width="{width}"/>')
            parts += [
                f'<circle cx="{x(age):.1f}" cy="{y(value):.1f}" r="2.2" fill="{ink}" fill-opacity="0.55"/>'
                for age, value in _people(one)
            ]
    for number, (ink, (name, _)) in enumerate(zip(INKS, sets, strict=False)):
        parts.append(_text(LEFT + 210 + number * 200, 16, name, ink=ink))
    said = f"{title}: 5th, 50th and 95th centile by age; dots are the weighted centiles of the people"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}" '
        f'font-family="system-ui, sans-serif" font-size="11"><title>{said}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _drawn_age(one: Fit) -> float:
    return TOP_CODE.get(one.plan.top_code or 0, float(one.plan.ages[1]))


def _lines(one: Fit) -> tuple[Array, Array]:
    ages = np.linspace(one.plan.ages[0], _drawn_age(one), 60)
    l, m, s = one.curve.lms(ages)  # noqa: E741
    l = np.where(np.abs(l) < 1e-6, 1e-6, l)  # noqa: E741
    return ages, np.stack([m * (1 + l * s * z) ** (1 / l) for _, z in CENTILES], axis=1)


def _people(one: Fit) -> list[tuple[float, float]]:
    found = []
    first, last = one.plan.ages
    for start in range(first // BAND * BAND, last + 1, BAND):
        inside = (one.people.age >= max(start, first)) & (one.people.age < start + BAND)
        if inside.sum() < 50:
            continue
        order = np.argsort(one.people.value[inside])
        weight = one.people.weight[inside][order]
        share = np.cumsum(weight) / weight.sum()
        middle = float(np.average(one.people.at[inside], weights=one.people.weight[inside]))
        found += [(middle, float(one.people.value[inside][order][np.searchsorted(share, c)])) for c, _ in CENTILES]
    return found


def _axes(x, y, low_age, high_age, top_value, words) -> list[str]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    name, unit, side = words
    step = next(step for step in (0.25, 0.5, 1, 2, 5, 10, 20) if top_value / step <= 8)
    parts = [_text(x(low_age), TOP - 4, name, bold=True)]
    for number in range(int(top_value / step) + 1):
        at = y(number * step)
        parts.append(f'<path d="M{x(low_age):.1f} {at:.1f}H{x(high_age):.1f}" stroke="#dde3ea"/>')
        if side == 0:
            parts.append(_text(x(low_age) - 6, at + 4, f"{number * step:g}", end=True))
    tens = range(int(-(-low_age // 10) * 10), int(high_age) + 1, 10)
    parts += [_text(x(age) - 6, HEIGHT - BOTTOM + 15, f"{age}") for age in tens]
    parts.append(_text(x(low_age), HEIGHT - 4, f"age in years; {unit}"))
    return parts


def _text(x: float, y: float, text: str, *, ink: str = "#1d2733", bold: bool = False, end: bool = False) -> str:
    look = (' font-weight="700"' if bold else "") + (' text-anchor="end"' if end else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}"{look}>{text}</text>'
