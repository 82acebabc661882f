"""One picture: what studies reported against what a fit that had not seen them predicted."""

from __future__ import annotations

import numpy as np

from calibration.muscle.data import Trials
from calibration.muscle.held_out import HeldOut

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 720, 400, 46, 44, 44, 44
INKS = {"training": "#1f5fa8", "losing": "#b4521b", "hormones": "#2b7a4b", "others": "#6b7280"}
NAMES = {"kg": "kilograms", "pct": "percent"}
GROUPS = {
    **dict.fromkeys(("training", "training_nutrition", "detraining"), "training"),
    **dict.fromkeys(("energy_deficit", "bariatric", "weight_loss_drug", "disuse", "critical_illness"), "losing"),
    **dict.fromkeys(("androgen_therapy", "androgen_deprivation", "other_hormone", "new_drug"), "hormones"),
}


def scatter(trials: Trials, held: HeldOut) -> str:
    """Kilograms on the left, percent on the right; bars are 90 % intervals."""
    parts = [f'<text x="{LEFT}" y="18" font-weight="700">Held-out predictions against what studies reported</text>']
    for number, (name, ink) in enumerate(INKS.items()):
        parts.append(f'<text x="{LEFT + 330 + number * 84}" y="18" fill="{ink}">● {name}</text>')
    side = (WIDTH - LEFT - GAP - 8) / 2
    for panel, unit in enumerate(("kg", "pct")):
        parts += _panel(trials, held, unit, LEFT + panel * (side + GAP), side)
    said = "Predicted change of held-out arms against the reported change, in kilograms and in percent"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}" '
        f'font-family="system-ui, sans-serif" font-size="11" fill="#1d2733"><title>{said}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _panel(trials: Trials, held: HeldOut, unit: str, left: float, side: float) -> list[str]:
    pick = np.flatnonzero((trials.columns["outcome_unit"] == unit) & np.isfinite(held.model))
    change = trials.columns["change"]
    low = min(change[pick].min(), held.model[pick].min()) * 1.05
    high = max(change[pick].max(), held.model[pick].max()) * 1.05
    height = HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return float(left + (min(max(value, low), high) - low) / (high - low) * side)

    def y(value: float) -> float:
        return float(HEIGHT - BOTTOM - (min(max(value, low), high) - low) / (high - low) * height)

    parts = [
        f'<path d="M{x(low):.1f} {y(low):.1f}L{x(high):.1f} {y(high):.1f}" stroke="#9aa5b1" stroke-dasharray="4 3"/>'
    ]
    step = next(step for step in (1, 2, 5, 10, 20) if (high - low) / step <= 8)
    for tick in range(int(np.ceil(low / step)) * step, int(high) + 1, step):
        parts.append(f'<path d="M{left:.1f} {y(tick):.1f}H{left + side:.1f}" stroke="#e5e9ee"/>')
        parts.append(f'<text x="{left - 6:.1f}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick}</text>')
        parts.append(f'<text x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{tick}</text>')
    for one in pick:
        ink = INKS[GROUPS.get(str(trials.columns["domain"][one]), "others")]
        at, low_end, high_end = x(change[one]), y(held.lower[one]), y(held.upper[one])
        parts += [
            f'<path d="M{at:.1f} {low_end:.1f}V{high_end:.1f}" stroke="{ink}" stroke-opacity="0.18"/>',
            f'<circle cx="{at:.1f}" cy="{y(held.model[one]):.1f}" r="2.4" fill="{ink}" fill-opacity="0.75"/>',
        ]
    parts += [
        f'<text x="{left:.1f}" y="{TOP - 8}" font-weight="700">{NAMES[unit]}</text>',
        f'<text x="{left:.1f}" y="{HEIGHT - 8}">reported change; up: predicted</text>',
    ]
    return parts
