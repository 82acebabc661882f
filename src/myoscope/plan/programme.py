"""The weekly exercise programme: a level for this person, its exercises swapped by rule, twelve weeks of sessions.

Exercises, programmes and the choice between them stand in `knowledge/programmes/`. Doses are sets and repetitions;
weeks are counted from 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.plan.compose import Composed, Step
from myoscope.rules import Facts, Rule, RuleBook, evaluate
from myoscope.sources import Citation, KnowledgeError, citation, folder

TRAINING, BALANCE, WALKING = "resistance_training", "multicomponent_exercise", "aerobic_walking"
MAY_BEGIN = frozenset({"offer", "ask_first"})
EQUIPMENT = ("none", "bands", "dumbbells", "gym")


@dataclass(frozen=True, slots=True)
class Caution:
    """A reason to leave an exercise out, as a rule and in words ("leave it out if ...")."""

    id: str
    rule: Rule
    says: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise in plain words. `equipment`: the least that is needed; a chair counts as none."""

    id: str
    title: str
    how: str
    trains: tuple[str, ...]
    equipment: str
    easier: str
    harder: str
    cautions: tuple[Caution, ...]
    instead: tuple[str, ...]
    balance: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """Some weeks (first, last) with the same dose; `percent_1rm` is the load where the source gives one."""

    weeks: tuple[int, int]
    sessions: int
    sets: int
    repetitions: tuple[int, int]
    effort: str
    rest: str
    lighter: bool
    percent_1rm: tuple[float, float] | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme of the knowledge base, before it is fitted to a person."""

    id: str
    title: str
    plain: str
    session: tuple[str, ...]
    phases: tuple[Phase, ...]
    swaps: Mapping[str, Mapping[str, str]]
    """Equipment (`none`: no band; `dumbbells`: weights at hand) -> exercise -> what takes its place."""
    later: tuple[int, Mapping[str, str]] | None
    minutes: tuple[float, float] | None
    walk: tuple[str, Citation]
    progress: tuple[str, Citation]
    after: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Placed:
    """An exercise in a person's programme.

    Attributes:
        from_week, to_week: the weeks in which it is done.
        instead_of: the exercise that it replaces, and why.
        leave_out_if: cautions that nobody has answered.

    """

    exercise: Exercise
    from_week: int
    to_week: int
    instead_of: tuple[Exercise, str] | None
    leave_out_if: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A programme fitted to a person: why this one, its exercises, where it begins."""

    programme: Programme
    because: str
    begin_week: int
    placed: tuple[Placed, ...]
    left_out: tuple[tuple[Exercise, str], ...]
    ask_first: bool
    walks: bool

    def phase(self, week: int) -> Phase:
        """The phase of a week, 1 to 12.

        Raises:
            KeyError: no such week.

        """
        for one in self.programme.phases:
            if one.weeks[0] <= week <= one.weeks[1]:
                return one
        raise KeyError(week)

    def session(self, week: int) -> list[Placed]:
        """The exercises of every session of a week."""
        return [one for one in self.placed if one.from_week <= week <= one.to_week]

    def days(self, week: int) -> list[str]:
        """The days of the week's sessions, never two running."""
        return list(_levels()["days"][{2: "two", 3: "three"}[self.phase(week).sessions]])

    def walk_days(self, week: int) -> list[str]:
        """The days for walking: those without a session."""
        return [day for day in _levels()["walk_days"] if day not in self.days(week)] if self.walks else []


def fit(composed: Composed, facts: Facts) -> Fitted | None:
    """The programme of one person; None where the plan does not let strength training begin."""
    steps = {step.treatment.id: step for step in composed.steps}
    training = steps.get(TRAINING)
    if training is None or training.status not in MAY_BEGIN:
        return None
    chosen, because = _choose(facts)
    placed, left_out = _place(chosen, facts, balance=_allowed(steps.get(BALANCE), absent=True))
    begin = _levels()["begin_later"]
    return Fitted(
        chosen,
        because,
        int(begin["week"]) if _level_answer(begin["when"], facts) else 1,
        tuple(placed),
        tuple(left_out),
        training.status == "ask_first",
        _allowed(steps.get(WALKING), absent=False),
    )


def _allowed(step: Step | None, *, absent: bool) -> bool:
    return absent if step is None else step.status in MAY_BEGIN


def _choose(facts: Facts) -> tuple[Programme, str]:
    for row in _levels()["choose"]:
        if "when" not in row or _level_answer(row["when"], facts):
            return programmes()[row["programme"]], row["because"]
    raise KnowledgeError("programmes/levels.yaml: the last line of choose needs no `when`")


def _place(chosen: Programme, facts: Facts, *, balance: bool) -> tuple[list[Placed], list[tuple[Exercise, str]]]:
    """Every exercise of the session, swapped where a caution or missing equipment speaks against it."""
    known, last = exercises(), chosen.phases[-1].weeks[1]
    placed: list[Placed] = []
    left_out: list[tuple[Exercise, str]] = []
    for name in chosen.session:
        wanted = known[_by_equipment(chosen, name, facts)]
        stages = [(wanted, 1, last)]
        if chosen.later and name in chosen.later[1]:
            week, swaps = chosen.later
            stages = [(wanted, 1, week - 1), (known[swaps[name]], week, last)]
        for one, first, end in stages:
            if one.balance and not balance:
                left_out.append((one, "balance exercises only with a professional"))
                continue
            fitting, why = _fitting(one, facts, {p.exercise.id for p in placed if p.to_week >= first})
            if fitting is None:
                left_out.append((one, why or "it stands in the session already"))
                continue
            placed.append(Placed(fitting, first, end, (one, why) if why else None, _open_cautions(fitting, facts)))
    return _joined(placed), left_out


def _joined(placed: Sequence[Placed]) -> list[Placed]:
    """An exercise that stays the same in both stages stands once."""
    found: list[Placed] = []
    for one in placed:
        before = next((p for p in found if p.exercise == one.exercise and p.to_week + 1 == one.from_week), None)
        if before:
            found[found.index(before)] = Placed(
                one.exercise, before.from_week, one.to_week, before.instead_of, one.leave_out_if
            )
        else:
            found.append(one)
    return found


def _by_equipment(chosen: Programme, name: str, facts: Facts) -> str:
    """The form of an exercise for what the person has; a band is taken for granted where nobody said."""
    has = facts.values.get("training_equipment")
    if has in EQUIPMENT:
        for equipment, swaps in chosen.swaps.items():
            less = equipment == "none" and has == "none"
            more = equipment != "none" and EQUIPMENT.index(str(has)) >= EQUIPMENT.index(equipment)
            if (less or more) and name in swaps:
                return swaps[name]
    return name


def _fitting(wanted: Exercise, facts: Facts, taken: set[str]) -> tuple[Exercise | None, str]:
    """The exercise itself, or the first substitute that nothing speaks against, and why."""
    against = _against(wanted, facts)
    if against is None:
        return (None, "") if wanted.id in taken else (wanted, "")
    has = facts.values.get("training_equipment")
    for name in wanted.instead:
        other = exercises()[name]
        within = has not in EQUIPMENT or _level_of(other) <= EQUIPMENT.index(str(has))
        if name not in taken and within and _against(other, facts) is None:
            return other, against
    return None, against


def _level_of(one: Exercise) -> int:
    return 0 if one.equipment == "chair" else EQUIPMENT.index(one.equipment)


def _against(one: Exercise, facts: Facts) -> str | None:
    return next((c.says for c in one.cautions if evaluate(c.rule, facts).answer), None)


def _open_cautions(one: Exercise, facts: Facts) -> tuple[str, ...]:
    return tuple(c.says for c in one.cautions if evaluate(c.rule, facts).answer is None)


@cache
def _levels() -> dict[str, Any]:
    return dict(folder("programmes")["programmes/levels.yaml"])


@cache
def _level_rules() -> RuleBook:
    return RuleBook("programmes/levels.yaml", _levels())


def _level_answer(rule: str, facts: Facts) -> bool | None:
    return evaluate(_level_rules().rule(rule), facts).answer


@cache
def effort() -> tuple[str, str, Citation]:
    """How hard is hard, how to warm up, and where it stands."""
    entry = folder("programmes")["programmes/effort.yaml"]
    return entry["text"], entry["warm_up"], _cited(entry, "programmes/effort.yaml")


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by id."""
    path = "programmes/exercises.yaml"
    entry = folder("programmes")[path]
    book = RuleBook(path, entry)
    cautions = {row["id"]: Caution(row["id"], book.rule(row["id"]), row["says"]) for row in entry["cautions"]}
    found = {row["id"]: _exercise(row, cautions) for row in entry["exercises"]}
    for one in found.values():
        for name in one.instead:
            if name not in found:
                raise KnowledgeError(f"{path}: {one.id}: no exercise {name!r}")
    return found


def _exercise(row: Mapping[str, Any], cautions: Mapping[str, Caution]) -> Exercise:
    return Exercise(
        row["id"], row["title"], row["how"], tuple(row["trains"]), row["equipment"], row["easier"], row["harder"],
        tuple(cautions[name] for name in row["not_with"]), tuple(row["instead"]), bool(row.get("balance", False)),
    )  # fmt: skip


@cache
def programmes() -> dict[str, Programme]:
    """Every programme by id."""
    return {entry["id"]: _programme(entry, path) for path, entry in folder("programmes").items() if "phases" in entry}


def _programme(entry: Mapping[str, Any], path: str) -> Programme:
    for name in entry["session"]:
        if name not in exercises():
            raise KnowledgeError(f"{path}: no exercise {name!r}")
    later, minutes = entry.get("later"), entry.get("minutes")
    return Programme(
        id=entry["id"],
        title=entry["title"],
        plain=entry["plain"],
        session=tuple(entry["session"]),
        phases=tuple(_phase(row, path) for row in entry["phases"]),
        swaps={"none": entry.get("without_equipment", {}), "dumbbells": entry.get("with_dumbbells", {})},
        later=(int(later["from_week"]), later["swap"]) if later else None,
        minutes=(float(minutes["low"]), float(minutes["high"])) if minutes else None,
        walk=(entry["walk"]["text"], _cited(entry["walk"], path)),
        progress=(entry["progress"]["text"], _cited(entry["progress"], path)),
        after=entry["after"],
        citation=_cited(entry, path),
    )


def _phase(row: Mapping[str, Any], path: str) -> Phase:
    load = row.get("percent_1rm")
    first, last = row["weeks"]
    fewest, most = row["repetitions"]
    return Phase(
        (first, last), row["sessions"], row["sets"], (fewest, most), row["effort"], row["rest"],
        bool(row.get("lighter", False)), (float(load["low"]), float(load["high"])) if load else None, _cited(row, path),
    )  # fmt: skip


def _cited(entry: Mapping[str, Any], path: str) -> Citation:
    found = citation(dict(entry))
    if found is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    return found
