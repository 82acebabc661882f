"""docs/norms_on_nhanes.md, written from the fits: nothing in it is typed by hand that the data can say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from calibration.norms.diagnose import Figure, Fit, Group, group, groups
from calibration.norms.lms import People
from calibration.norms.pictures import curves
from calibration.norms.samples import SEXES

PEOPLE = {"female": "women", "male": "men"}
PICTURES = (
    ("norms_almi.svg", "ALM/height² in the US", ("nhanes_almi", "nhanes_almi_2003")),
    ("norms_grip.svg", "Grip strength in the US", ("nhanes_grip",)),
)


def write(fits: list[Fit], root: Path) -> None:
    """The page and its pictures under docs/."""
    (root / "docs" / "norms_on_nhanes.md").write_text(page(fits), encoding="utf-8")
    for name, title, ids in PICTURES:
        sets = [
            (_years(next(f for f in fits if f.plan.id == one)), [f for f in fits if f.plan.id == one]) for one in ids
        ]
        (root / "docs" / "images" / name).write_text(curves(title, sets), encoding="utf-8")


def page(fits: list[Fit]) -> str:
    """The whole page: the sentences of report.md with the tables put in."""
    held_out = "\n\n".join(f"### {_name(pair[0])}\n\n{_held_out(pair)}" for pair in _pairs(fits))
    return (
        Path(__file__)
        .with_name("report.md")
        .read_text(encoding="utf-8")
        .format(
            in_short=_in_short(fits),
            samples=_samples(fits),
            smoothing=_smoothing(fits),
            held_out=held_out,
            failures=_failures(fits),
            drift=_drift(fits),
        )
    )


def _pairs(fits: list[Fit]) -> list[list[Fit]]:
    return [fits[start : start + len(SEXES)] for start in range(0, len(fits), len(SEXES))]


def _years(fit: Fit) -> str:
    cycles = fit.plan.cycles
    if len(cycles) == 1:
        return cycles[0]
    span = f"{cycles[0][:4]}-{cycles[-1][-4:]}"
    return f"{span} without 2013-2014" if {"2011-2012", "2015-2016"} <= set(cycles) else span


def _name(fit: Fit) -> str:
    return f"{fit.plan.title}, {_years(fit)} (`{fit.plan.id}`)"


def _adults(fit: Fit, cycle: str) -> int:
    return int(((fit.people.cycle == cycle) & (fit.people.age >= fit.plan.ages[0])).sum())


def _samples(fits: list[Fit]) -> str:
    lines = ["| curve | ages | instrument | cycle | women | men |", "| --- | --- | --- | --- | ---: | ---: |"]
    for women, men in _pairs(fits):
        plan = women.plan
        ages = f"{plan.ages[0]} to {plan.ages[1]}" + (" and over" if plan.top_code else "")
        for number, cycle in enumerate(plan.cycles):
            first = f"| {_name(women)} | {ages} | {plan.instrument} " if number == 0 else "| | | "
            lines.append(f"{first}| {cycle} | {_adults(women, cycle)} | {_adults(men, cycle)} |")
    return "\n".join(lines)


def _smoothing(fits: list[Fit]) -> str:
    lines = [
        "log10 of the penalty for M, S and L on everybody, and the ranges when parts were left out.",
        "",
        "| curve | sex | M, S, L | without each part | power of height in M |",
        "| --- | --- | --- | --- | ---: |",
    ]
    for one in fits:
        parts = zip(*one.held_out_rungs.values(), strict=True)
        ranges = ", ".join(f"{min(part):g} to {max(part):g}" for part in parts)
        rungs = ", ".join(f"{rung:g}" for rung in one.rungs)
        power = f"{one.curve.height_power:.2f}" if one.plan.by_height else ""
        lines.append(f"| `{one.plan.id}` | {PEOPLE[one.sex]} | {rungs} | {ranges} | {power} |")
    return "\n".join(lines)


def _cell(figure: Figure, *, percent: bool = False) -> str:
    mark = {"met": "", "noise": " ~", "off": " **off**"}[figure.verdict]
    if percent:
        return f"{100 * figure.value:.1f} ± {100 * figure.error:.1f}{mark}"
    sign = "+" if figure.wanted == 0 else ""
    return f"{figure.value:{sign}.2f} ± {figure.error:.2f}{mark}"


def _held_out(pair: list[Fit]) -> str:
    left_out = "cycle" if pair[0].by_cycle else "tenth of the sampling units"
    lines = [
        f"People scored by curves fitted without their {left_out}.",
        "",
        "| sex, age | n | mean z | SD of z | below the 5th, % | above the 95th, % |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in pair:
        for found in _groups(one):
            cells = [_cell(found.mean), _cell(found.spread), *(_cell(x, percent=True) for x in (found.low, found.high))]
            lines.append(f"| {PEOPLE[one.sex]} {found.decade} | {found.n} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tally(fits: list[Fit]) -> Counter[str]:
    """How many cells met the three demands (mean, SD, below the 5th), missed within noise, or were off."""
    cells = [figure for one in fits for found in _groups(one) for figure in found.figures[:3]]
    return Counter(figure.verdict for figure in cells)


def _groups(one: Fit) -> list[Group]:
    return groups(one.plan, one.sex, one.people, one.z)


def _in_short(fits: list[Fit]) -> str:
    lines = ["## In short", ""]
    lines += ["| curve | cells | met | missed, within sampling error | off |", "| --- | ---: | ---: | ---: | ---: |"]
    for pair in [*_pairs(fits), fits]:
        count = tally(pair)
        name = "all" if pair is fits else _name(pair[0])
        lines.append(f"| {name} | {count.total()} | {count['met']} | {count['noise']} | {count['off']} |")
    errors = [g.mean.error for one in fits for g in _groups(one)]
    said = (
        "A cell is one demand for one sex and decade: mean z 0 ± 0.05, SD 1 ± 0.05, 5 ± 1 % below the 5th centile, in "
        "people whom the curve had not seen. The standard error of a mean z is "
        f"{min(errors):.2f} to {max(errors):.2f} (median {float(np.median(errors)):.2f}): a perfect curve, too, would "
        "miss ± 0.05 in many cells. So each miss is marked: within sampling error (~), or off."
    )
    return "\n".join([*lines, "", said])


def off(fits: list[Fit]) -> list[tuple[Fit, Group, str, Figure]]:
    """Every demand that was missed by more than sampling error allows."""
    names = ("mean z", "SD of z", "below the 5th", "above the 95th")
    return [
        (one, found, name, figure)
        for one in fits
        for found in _groups(one)
        for name, figure in zip(names, found.figures, strict=True)
        if figure.verdict == "off"
    ]


def _failures(fits: list[Fit]) -> str:
    found = []
    for one, people, name, figure in off(fits):
        said = _cell(figure, percent=figure.wanted == 0.05).replace(" **off**", "")
        found.append(f"* `{one.plan.id}`, {PEOPLE[one.sex]} {people.decade}: {name} {said} (n {people.n})")
    return "\n".join(found) if found else "None."


def _drift(fits: list[Fit]) -> str:
    lines = [
        "Mean z of each cycle (all ages of the table) by the curve fitted on the other cycles, and by the pooled curve",
        "that ships. A curve describes the mean of its cycles, not one of them. **drift**: beyond 0.05 and noise.",
        "",
        "| curve | sex | cycle | by the others | by the pooled curve |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for one in fits:
        if one.by_cycle:
            shipped = one.curve.z(one.people)
            for cycle in one.plan.cycles:
                cells = [_mark(_cycle(one.people, z, cycle, one)) for z in (one.z, shipped)]
                lines.append(f"| `{one.plan.id}` | {PEOPLE[one.sex]} | {cycle} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def _mark(figure: Figure) -> str:
    return f"{figure.value:+.2f} ± {figure.error:.2f}" + (" **drift**" if figure.verdict == "off" else "")


def _cycle(people: People, z: np.ndarray, cycle: str, one: Fit) -> Figure:
    here = people.cycle == cycle
    used = people.those(here)
    return group(one.sex, cycle, z[here], used, used.age >= one.plan.ages[0]).mean
