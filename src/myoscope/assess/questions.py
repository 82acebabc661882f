"""The interview's questions (`knowledge/questions`), and how an answer becomes what a record holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from myoscope.quantities import KINDS, terms
from myoscope.sources import Citation, KnowledgeError, citation, folder

Reply: TypeAlias = Mapping[str, Sequence[str]]
"""What was answered, as a web form sends it: name -> values.

`unknown`: nothing of this page is known. On a page of ticks: `yes` and `unsure` hold item ids (all other items: no),
`none` says that no item is so, `lines` what was written, `complete` that the lines are all there is; a page of which
none of these was said denies nothing. Elsewhere: a field or item -> its value; `unable` and `confirmed` (field=value)
name fields.
"""

PAGES = ("ticks", "values", "points", "activity", "portions")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a page: something to tick, or one item of a questionnaire.

    Attributes:
        opens: questions that a tick leads to.
        sex: asked of this sex only.
        dated: the day it happened matters and is asked for (`since_<id>` in the reply).
        answers: (points, words) of a questionnaire's item.
        amount: grams of protein of one portion, or the MET value of an activity.

    """

    id: str
    text: str
    opens: tuple[str, ...] = ()
    sex: str | None = None
    dated: bool = False
    answers: tuple[tuple[int, str], ...] = ()
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """One page of the interview.

    Attributes:
        kind: one of `PAGES`.
        about: the vocabulary that the items of a page of ticks belong to; None where a tick only opens other pages.
        lines: whether more can be written, one a line.
        fields: variables that are asked for by value.
        gives: the variables that a questionnaire fills.
        steps: how to measure it, step by step.
        within: the question whose tick opens this one; `after`: questions that come before it.
        needs: variables of which one must be known and more than zero, or the question makes no sense.
        keep: asked in any case once it is opened: estimates, which no rule shows, use it.
        unsure: what an unsure line of an opening page does: `ask` the pages behind it all the same, or `skip` them.
        seconds_for_m: the distance [m] whose time [s] may be given instead of the first field, a speed [m/s].
        scoring: the numbers that scoring an activity needs.

    """

    id: str
    title: str
    ask: str
    kind: str
    citation: Citation
    items: tuple[Item, ...] = ()
    about: str | None = None
    lines: bool = False
    fields: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    within: str | None = None
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    keep: bool = False
    unsure: str = "ask"
    sex: str | None = None
    seconds_for_m: float | None = None
    scoring: Mapping[str, Any] | None = None
    licence: str | None = None
    note: str | None = None

    @property
    def size(self) -> int:
        """How many questions it counts as: every item of a questionnaire, or one."""
        return max(len(self.items), 1) if self.kind in {"points", "activity", "portions"} else 1

    @property
    def leads(self) -> bool:
        """Whether its ticks answer nothing by themselves but open other pages."""
        return self.kind == "ticks" and self.about is None

    def shown(self, sex: object) -> tuple[Item, ...]:
        """The items for a person of this sex (None: not known)."""
        return tuple(item for item in self.items if item.sex is None or sex is None or item.sex == sex)

    def keys(self, sex: object) -> tuple[str, ...]:
        """What the page itself fills: variable ids, and list entries with their kind ('symptom:fever')."""
        ticks = tuple(f"{self.about}:{item.id}" for item in self.shown(sex)) if self.about else ()
        return (*ticks, *self.fields, *self.gives)


@cache
def questions() -> dict[str, Question]:
    """Every question by id."""
    return {entry["id"]: _question(entry, path) for path, entry in folder("questions").items()}


_GIVES = {
    "activity": ("ipaq_met_min_per_week", "ipaq_level", "aerobic_min_per_week"),
    "portions": ("protein_g_per_kg_day",),
}
_SCORING = ("cleaning", "high", "moderate")
_OWN = {"source", "place", "read", "unit", "conflict", "score", "into", "divide", *_SCORING}


def _question(entry: dict[str, Any], path: str) -> Question:
    kind, about, cited = entry.get("kind"), entry.get("about"), citation(entry)
    unknown = set(entry) - _OWN - set(Question.__dataclass_fields__)
    if kind not in PAGES or cited is None or unknown:
        wrong = f"unknown keys {sorted(unknown)}" if unknown else f"needs a kind of {PAGES}, and source, place and read"
        raise KnowledgeError(f"{path}: {wrong}")
    divide = entry.get("divide") or {}
    plain = {key: entry[key] for key in ("lines", "within", "keep", "unsure", "sex", "licence", "note") if key in entry}
    return Question(
        id=entry["id"],
        title=entry["title"],
        ask=entry["ask"],
        kind=kind,
        citation=cited,
        items=tuple(_item(row, about, path) for row in entry.get("items") or []),
        about=about,
        fields=tuple(entry.get("fields") or ()),
        gives=(str(entry["score"]),) if "score" in entry else _GIVES.get(kind, ()),
        steps=tuple(entry.get("steps") or ()),
        after=tuple(entry.get("after") or ()),
        needs=tuple(entry.get("needs") or ()),
        seconds_for_m=float(divide["distance_m"]) if divide else None,
        scoring={key: entry[key] for key in _SCORING} if kind == "activity" else None,
        **plain,
    )


def _item(row: dict[str, Any], about: str | None, path: str) -> Item:
    known = terms(about).get(row["id"]) if about in KINDS else None
    if about and known is None:
        raise KnowledgeError(f"{path}: {row['id']!r} is no {about} of the vocabulary")
    text = row.get("text") or (known and (known.ask or known.plain or known.name))
    if not text:
        raise KnowledgeError(f"{path}: item {row['id']!r} has no text")
    return Item(
        id=row["id"],
        text=text,
        opens=tuple(row.get("opens") or ()),
        sex=row.get("sex"),
        dated=bool(row.get("dated", False)),
        answers=tuple((int(one["points"]), str(one["text"])) for one in row.get("answers") or []),
        amount=float(row.get("grams", row.get("met", 0))),
    )


def given(reply: Reply, name: str) -> str:
    """The one value of a name, or ''."""
    values = reply.get(name) or [""]
    return values[0].strip()


def number(text: str) -> float | str:
    """A number where the text is one (68,5 too); anything else as it is, for the record to refuse."""
    if re.fullmatch(r"[-+]?\d+,\d{1,2}", text):  # with one or two digits it can only be a decimal comma
        text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)", text) else text


def inputs(question: Question) -> tuple[str, ...]:
    """The names of a questionnaire's own inputs."""
    if question.kind == "activity":
        return tuple(f"{item.id}_{part}" for item in question.items for part in ("days", "min"))
    return tuple(item.id for item in question.items)


def unusable(question: Question, name: str, text: str) -> str | None:
    """What to write instead of an answer that cannot be one to this input of a questionnaire; None where it can."""
    value = number(text)
    if question.kind == "points":
        points = {item.id: [worth for worth, _ in item.answers] for item in question.items}[name]
        return None if value in points else f"Write one of: {', '.join(map(str, points))}"
    most = 7 if name.endswith("_days") and question.kind == "activity" else None
    fits = not isinstance(value, str) and value >= 0 and (most is None or (value <= most and value == int(value)))
    return None if fits else f"Write a whole number from 0 to {most}" if most else "Write a number, 0 or more"


def total_points(question: Question, reply: Reply) -> int | None:
    """The sum of a questionnaire; None while an item is missing, because a missing item is not zero."""
    total = 0
    for item in question.items:
        points = number(given(reply, item.id))
        if points not in {worth for worth, _ in item.answers}:
            return None
        total += int(points)
    return total


def protein_g(question: Question, reply: Reply) -> float | None:
    """Grams of protein in the portions counted [g]; a line left empty is none of it, an empty page is unknown."""
    counts = {item.id: number(given(reply, item.id)) for item in question.items if given(reply, item.id)}
    if not counts or any(isinstance(count, str) or count < 0 for count in counts.values()):
        return None
    return sum(item.amount * float(counts[item.id]) for item in question.items if item.id in counts)


@dataclass(frozen=True, slots=True)
class Activity:
    """The result of the IPAQ short form.

    Attributes:
        met_min: MET-minutes of the last week.
        minutes: minutes of the last week, all kinds together.
        level: low, moderate or high.

    """

    met_min: float
    minutes: float
    level: str


def activity(question: Question, reply: Reply) -> Activity | None:
    """The IPAQ short form by its guidelines of 2005; None where days or minutes are missing or cannot be.

    Args:
        question: the page with MET values, cleaning rules and criteria.
        reply: `<kind>_days` (0 to 7 in the last week) and `<kind>_min` (minutes on such a day) for every kind.

    """
    rules: Mapping[str, Any] = question.scoring or {}
    clean, high, moderate = rules["cleaning"], rules["high"], rules["moderate"]
    days: dict[str, float] = {}
    minutes: dict[str, float] = {}
    for item in question.items:
        often = number(given(reply, f"{item.id}_days"))
        long = 0.0 if often == 0 else number(given(reply, f"{item.id}_min"))
        if isinstance(often, str) or isinstance(long, str) or not (0 <= often <= 7 and often == int(often)) or long < 0:
            return None
        done = long >= clean["shortest_bout_min"]
        days[item.id], minutes[item.id] = (often, long) if done else (0.0, 0.0)
    if sum(minutes.values()) > clean["most_min_per_day"]:
        return None
    minutes = {kind: min(long, clean["longest_min_per_day"]) for kind, long in minutes.items()}
    met = {item.id: item.amount * minutes[item.id] * days[item.id] for item in question.items}
    total, any_days = sum(met.values()), sum(days.values())
    least = moderate["moderate_or_walking_min_per_day"]
    if (days["vigorous"] >= high["vigorous_days"] and total >= high["with_vigorous_met_min"]) or (
        any_days >= high["any_days"] and total >= high["any_met_min"]
    ):
        level = "high"
    elif (
        (days["vigorous"] >= moderate["vigorous_days"] and minutes["vigorous"] >= moderate["vigorous_min_per_day"])
        or sum(days[kind] for kind in ("moderate", "walking") if minutes[kind] >= least)
        >= moderate["moderate_or_walking_days"]
        or (any_days >= moderate["any_days"] and total >= moderate["any_met_min"])
    ):
        level = "moderate"
    else:
        level = "low"
    return Activity(total, sum(minutes[kind] * days[kind] for kind in days), level)
