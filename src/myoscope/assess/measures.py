"""The measures of one person: value, unit, error, and where it lies among people of the same sex and age."""

from __future__ import annotations

from typing import TypedDict

from myoscope.assess.muscle import MASS, Estimated
from myoscope.assess.result import Measure, Standing, Uncertainty
from myoscope.assess.words import cited, shown
from myoscope.estimates import Estimate, equations, estimates_of
from myoscope.norms import places
from myoscope.quantities import Quantity, quantities, quantity
from myoscope.record import Current
from myoscope.rules import UNABLE, Facts, Value

_NOT_MEASURES = ("age_years", "sex", "ancestry", "alm_method", "l3_contrast_phase")


def measures(now: Current, mass: Estimated | None) -> list[Measure]:
    """Everything measured, derived and estimated, in the order of the registry; estimates after what was measured."""
    found = [_measured(now, name) for name in _ordered(now) if name not in _NOT_MEASURES]
    for name in _estimated(now):
        found.extend(_best(list(mass.all) if mass and name == MASS else estimates_of(name, now.facts)))
        if mass and name == MASS:
            found.extend(_estimated_ratio(mass, now))
    return found


def _estimated(now: Current) -> list[str]:
    """What equations yield and the record does not hold, in the registry's order: never beside a measured value."""
    targets = {equation.estimates for equation in equations().values()}
    return [name for name in quantities() if name in targets and name not in now.facts.values]


def _best(found: list[Estimate]) -> list[Measure]:
    """The first estimate as a measure, the others named in one line of it: a reader needs one number."""
    if not found:
        return []
    best, others = _estimate_measure(found[0]), found[1:]
    if others:
        named = [f"{_paper(one)} {shown(best.id, one.value)}{' *' if one.cautions else ''}" for one in others]
        low, high = (shown(best.id, end(one.value for one in others)) for end in (min, max))
        says = (
            f"1 other equation says {low}" if len(others) == 1 else f"{len(others)} other equations say {low} to {high}"
        )
        mark = " (* with a caution of its own)" if any(one.cautions for one in others) else ""
        best.cautions.append(f"{says}: {'; '.join(named)}{mark}")
    return [best]


def _paper(one: Estimate) -> str:
    """The title without what stands in brackets: 'Sun 2003, women'."""
    return one.equation.title.partition(" (")[0]


def _ordered(now: Current) -> list[str]:
    return [name for name in quantities() if name in now.dated]


def _measured(now: Current, name: str) -> Measure:
    known = quantity(name)
    dated = now.dated[name]
    sex = now.facts.values.get("sex")
    unusual = isinstance(dated.value, float) and not known.usual(sex if isinstance(sex, str) else None).holds(
        dated.value
    )
    method = now.facts.values.get("alm_method") if name == MASS else None
    cautions = []
    if dated.stale:
        cautions.append(f"From {dated.date}: too old to say anything of {now.on}; shown only")
    if unusual:
        cautions.append("Outside the usual range of adults: check the value and its unit")
    if dated.origin != "derived" and dated.note:
        cautions.append(dated.note)
    return Measure(
        id=name,
        name=known.name,
        plain=known.plain,
        value=_plain(dated.value),
        unit=known.shown_unit or None,
        date=dated.date.isoformat() if dated.date else None,
        source="derived" if dated.origin == "derived" else "history" if dated.origin == "history" else "measured",
        method=dated.note if dated.origin == "derived" else str(method) if method else None,
        stale=dated.stale,
        unusual=unusual,
        error=_error(known),
        **_place([] if dated.stale else standings(name, dated.value, now.facts)),
        cautions=cautions,
        earlier=[(entry.date.isoformat() if entry.date else None, _plain(entry.value)) for entry in dated.earlier],
    )


def _plain(value: Value) -> float | str | bool:
    return "unable" if value is UNABLE else value


def _error(known: Quantity) -> Uncertainty | None:
    """The smallest change that is more than chance (MDC95), in the quantity's own unit."""
    for error in known.errors:
        if error.statistic == "MDC95" and error.unit == known.unit:
            return Uncertainty(
                statistic=error.statistic,
                value=error.value,
                unit=known.shown_unit,
                population=error.population,
                source=cited(error.citation),
            )
    return None


class _Place(TypedDict):
    standing: list[Standing]
    percentile: float | None
    z: float | None


def _place(found: list[Standing]) -> _Place:
    """The reference tables' answers, and the first percentile and z among them."""
    return {
        "standing": found,
        "percentile": next((one.percentile for one in found if one.percentile is not None), None),
        "z": next((one.z for one in found if one.z is not None), None),
    }


def standings(name: str, value: Value, facts: Facts) -> list[Standing]:
    """The person's place in every reference table of this quantity that fits; none without sex and age."""
    sex, age = facts.values.get("sex"), facts.values.get("age_years")
    if not isinstance(value, float) or not isinstance(sex, str) or not isinstance(age, (int, float)):
        return []
    method, height = facts.values.get("alm_method"), facts.values.get("height_cm")
    return [
        Standing(
            reference=place.norm.id,
            title=place.norm.title,
            percentile=place.percentile,
            z=place.z,
            shown=place.shown,
            median=place.median,
            caution=" ".join(place.cautions) or None,
            source=cited(place.norm.citation),
            curve=list(place.curve),
        )
        for place in places(
            name,
            value,
            sex=sex,
            age_years=float(age),
            alm_method=method if isinstance(method, str) else None,
            height_cm=float(height) if isinstance(height, (int, float)) else None,
        )
    ]


def _estimate_measure(one: Estimate) -> Measure:
    known = quantity(one.equation.estimates)
    unit = known.shown_unit
    error = one.equation.standard_error
    bias = [one.equation.known_bias] if one.equation.known_bias else []
    if one.error_elsewhere and error is not None and one.error_elsewhere[0] > error:
        missed, people = one.error_elsewhere
        bias.insert(
            0,
            f"In {people} it missed by {missed:g} {unit}, not by the {error:g} {unit} printed: "
            "take the interval as too narrow",
        )
    return Measure(
        id=known.id,
        name=known.name,
        plain=known.plain,
        value=one.value,
        unit=known.shown_unit,
        source="estimate",
        method=one.equation.title,
        error=None
        if error is None
        else Uncertainty(
            statistic="standard error of estimate",
            value=error,
            unit=known.shown_unit,
            population=one.equation.population,
            source=cited(one.equation.citation),
        ),
        interval_95=one.interval_95,
        cautions=[*one.cautions, *bias],
    )


def _estimated_ratio(mass: Estimated, now: Current) -> list[Measure]:
    """Estimated muscle for height, with its interval and its place among people of the same age."""
    name = "alm_height2_kg_m2"
    value = mass.facts.values.get(name)
    if not isinstance(value, float) or name in now.dated:
        return []
    known = quantity(name)
    interval = mass.best.interval_95
    scale = value / mass.best.value
    return [
        Measure(
            id=name,
            name=known.name,
            plain=known.plain,
            value=value,
            unit=known.shown_unit,
            source="estimate",
            method=f"from {mass.best.equation.title}",
            interval_95=(interval[0] * scale, interval[1] * scale) if interval else None,
            **_place(standings(name, value, mass.facts)),
            cautions=[f"An estimate: {shown(name, value)} could lie anywhere in its interval"],
        )
    ]
