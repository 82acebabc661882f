"""Causes in kilograms: limb muscle against what is expected, and what of the gap each cause explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from myoscope.assess.muscle import MASS, Estimated
from myoscope.assess.part import Interval
from myoscope.assess.result_deficit import Deficit, Share
from myoscope.assess.words import cited, device_name
from myoscope.causes import Weighed
from myoscope.estimates import Estimate
from myoscope.model.deficit import (
    DAYS_A_YEAR,
    Expected,
    Gap,
    curve,
    gap,
    interval,
    normal_interval,
    policy,
    unexplained,
)
from myoscope.model.losses import Shares, acts_by, beyond_studies, shares
from myoscope.model.measurement import error_of
from myoscope.model.person import Lived, Person, person, reading
from myoscope.model.posterior import posterior
from myoscope.rules import Facts

AGEING = "ageing"
LIKELY = ("present", "probable", "possible")
TO_EXPLAIN = ("present", "probable")


@dataclass(frozen=True, slots=True)
class Mass:
    """Limb muscle today [kg], its standard error, and where it comes from."""

    value: float
    error: float
    origin: str
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The part of the result, and the kilograms of each cause that has any."""

    deficit: Deficit
    contributions: Mapping[str, Interval]


def deficit_part(facts: Facts, mass: Estimated | None, weighed: Sequence[Weighed]) -> Explained:
    """The gap and its parts; with the reason in words where nothing can be said.

    Args:
        facts: what is known of the person today.
        mass: estimates of limb muscle, where it was not measured.
        weighed: the causes in their order.

    """
    today = _mass(facts, mass)
    found = today if isinstance(today, str) else _gap(facts, today)
    if isinstance(today, str) or isinstance(found, str):
        return Explained(Deficit(status="no_answer", reason=str(found)), {})
    someone = person(facts, mass.best if mass else None)
    owner = {} if isinstance(someone, str) else _owners(someone, weighed)
    drawn = posterior(reading()["draws"])
    lost = None if isinstance(someone, str) else shares(someone, list(owner), drawn, today.value)
    told = _told(found, today, lost, owner, weighed)
    reason = someone if isinstance(someone, str) else None
    return Explained(told.model_copy(update={"reason": reason}), _contributions(found, lost, owner, weighed))


def _contributions(
    found: Gap, lost: Shares | None, owner: Mapping[str, str], weighed: Sequence[Weighed]
) -> dict[str, Interval]:
    """Cause -> what it has taken [kg]: all its exposures together, and for ageing what age takes on average."""
    kilograms = {}
    if found.ageing > 0:
        ageing = next((one.cause.id for one in weighed if AGEING in one.cause.exposures), None)
        if ageing:
            kilograms[ageing] = _interval(normal_interval(found.ageing, found.ageing_error))
    if lost is not None:
        for cause in dict.fromkeys(owner[one.id] for one in lost.causes):
            own = [owner[one.id] == cause for one in lost.causes]
            kilograms[cause] = _interval(interval(lost.lost_kg[own].sum(axis=0)))
    return kilograms


def _mass(facts: Facts, mass: Estimated | None) -> Mass | str:
    measured, method = facts.values.get(MASS), facts.values.get("alm_method")
    if isinstance(measured, float):
        error = error_of(MASS, str(method) if method else None)
        if error is None:
            return f"how far limb muscle by {device_name(str(method))} is off is not known"
        return Mass(measured, error.at(measured), "measured", _device_cautions(str(method) if method else None))
    if mass is None:
        return "limb muscle was neither measured nor can it be estimated"
    worst = _estimate_error(mass.best)
    if worst is None:
        return f"how far {mass.best.equation.title} is off is not known"
    caution = f"Limb muscle was estimated ({mass.best.equation.title}), not measured: the intervals hold its error"
    return Mass(mass.best.value, worst, "estimate", (caution,))


def _estimate_error(one: Estimate) -> float | None:
    elsewhere = one.error_elsewhere[0] if one.error_elsewhere else None
    return max((e for e in (one.equation.standard_error, elsewhere) if e is not None), default=None)


def _device_cautions(method: str | None) -> tuple[str, ...]:
    if method in curve().alm_method:
        return ()
    by = f"by {device_name(method)}" if method else "by a device that is not told"
    return (f"Measured {by}, the curve by Hologic scanners: devices differ by a kilogram or more",)


def _gap(facts: Facts, today: Mass) -> Gap | str:
    left_out = [term for term in policy()["expected"]["not_for"] if _listed(facts, term)]
    if left_out:
        return f"the curve was made without people in {', '.join(left_out)}"
    sex, age, height = (facts.values.get(name) for name in ("sex", "age_years", "height_cm"))
    if not isinstance(sex, str) or not isinstance(age, (int, float)) or not isinstance(height, (int, float)):
        return "sex, age and height must be known"
    found = gap(alm_kg=today.value, error_kg=today.error, sex=sex, age_years=float(age), height_cm=float(height))
    return found or "the curve begins at 18 years"


def _listed(facts: Facts, term: str) -> bool:
    found = facts.listed.get(("condition", term))
    return bool(found and found.active)


def _owners(someone: Person, weighed: Sequence[Weighed]) -> dict[str, str]:
    """What of present life counts as a cause -> the likeliest cause that names an exposure by which it acts."""
    owner: dict[str, str] = {}
    for lived in someone.present:
        names = acts_by(someone, lived)
        # a dose or a state tells of its cause even where the rest is unknown; weight does not tell which cause it was
        fitting = LIKELY if lived.weight_kg_per_day else (*LIKELY, "unknown")
        cause = next((w.cause.id for w in weighed if w.status in fitting and names & set(w.cause.exposures)), None)
        if cause:
            owner[lived.id] = cause
    return owner


def _told(
    found: Gap, today: Mass, lost: Shares | None, owner: Mapping[str, str], weighed: Sequence[Weighed]
) -> Deficit:
    together = lost.together_kg if lost and lost.causes else None
    rest = _interval(interval(unexplained(found, together, policy()["shares"]["seed"])))
    counted = {*owner.values(), *(one.cause.id for one in weighed if AGEING in one.cause.exposures)}
    caution = curve().caution
    return Deficit(
        status="answered",
        text=_text(found, interval(together)[0] if together is not None else None, rest),
        origin="measured" if today.origin == "measured" else "estimate",
        young_years=float(policy()["expected"]["young_years"]["value"]),
        measured_kg=_interval(normal_interval(today.value, today.error)),
        expected_kg=_between_people(found.now),
        expected_young_kg=_between_people(found.young),
        below_expected_kg=_interval(normal_interval(found.below_expected, found.error)),
        below_young_kg=_interval(normal_interval(found.below_young, found.error)),
        ageing_kg=_interval(normal_interval(found.ageing, found.ageing_error)),
        shares=_shares(lost, owner),
        explained_kg=None if together is None else _interval(interval(together)),
        unexplained_kg=rest,
        spread_kg=found.now.spread,
        within_spread=rest.low <= 0 <= rest.high,
        without_number=[w.cause.id for w in weighed if w.status in TO_EXPLAIN and w.cause.id not in counted],
        assumes=_assumes(lost.causes if lost else ()),
        cautions=[*today.cautions, *([caution] if caution else [])],
        source=cited(curve().citation),
    )


def _interval(of: tuple[float, float, float]) -> Interval:
    middle, low, high = of
    return Interval(median=middle, low=low, high=high)


def _between_people(of: Expected) -> Interval:
    _, low, high = normal_interval(0, 1)
    return Interval(median=of.median, low=of.at(low), high=of.at(high))


def _shares(lost: Shares | None, owner: Mapping[str, str]) -> list[Share]:
    if lost is None:
        return []
    rows = [
        Share(
            exposure=one.id,
            text=one.text,
            cause=owner[one.id],
            lost_kg=_interval(interval(draws)),
            lasted_days=one.lasted_days,
            beyond_studies=beyond_studies(one),
        )
        for one, draws in zip(lost.causes, lost.lost_kg, strict=True)
    ]
    return sorted(rows, key=lambda row: -row.lost_kg.median)


def _assumes(causes: Sequence[Lived]) -> list[str]:
    """What was taken for granted of how long the causes have lasted."""
    spans = policy()["shares"]["unknown_length_days"]
    ids = {one.id for one in causes}
    found = [row["assumes"] for key in ("states", "over") for row in reading().get(key) or [] if _assumed(row, ids)]
    if unknown := [one.text for one in causes if one.lasted_days is None]:
        found.append(
            f"How long is not known: {'; '.join(unknown)}. From {spans['short']} days to "
            f"{spans['settled'] / DAYS_A_YEAR:.0f} years are in the interval"
        )
    further = [one for one in causes if beyond_studies(one)]
    if ending := [f"{one.text} ({one.studied_days:g} days)" for one in further if one.lasting_illness]:
        found.append(f"Counted only as long as it was studied: {'; '.join(ending)}")
    if settling := [f"{one.text} ({one.studied_days:g} days)" for one in further if not one.lasting_illness]:
        found.append(f"Longer than any study, and reckoned on by the model: {'; '.join(settling)}")
    return found


def _assumed(row: Mapping[str, object], ids: set[str]) -> bool:
    return row["id"] in ids and "assumes" in row


def _text(found: Gap, together: float | None, rest: Interval) -> str:
    below, young = found.below_expected, float(policy()["expected"]["young_years"]["value"])
    way = "less" if below > 0 else "more"
    says = (
        f"Limb muscle is {found.measured:.1f} kg, {abs(below):.1f} kg {way} than the middle of people of the same sex, "
        f"age and height ({found.now.median:.1f} kg)."
    )
    takes = [f"ageing explains about {found.ageing:.1f} kg"] if found.ageing > 0 else []
    takes += [f"what the record holds about {together:.1f} kg"] if together is not None else []
    if takes and found.below_young > 0:
        says += f" Of the {found.below_young:.1f} kg less than at {young:g} years, {', '.join(takes)}."
    if rest.low > 0:
        return f"{says} What is left is more than people differ by anyway: look for causes that the record lacks."
    if rest.high < 0:
        return f"{says} That is more muscle than nearly all such people have: check the value and the device."
    return f"{says} What is left is no more than people differ by anyway."
