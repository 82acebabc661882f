"""A rule tree in plain English: every cut-off with its unit, for whom it holds, and where it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any as Anything

from myoscope.assess.words import BELOW, cited, device_name
from myoscope.quantities import KINDS, quantities, terms
from myoscope.report.entry_index import Ref
from myoscope.report.entry_lines import Line, Piece, say
from myoscope.report.wording import listed
from myoscope.rules import Compare, Has, Is, Named, Rule
from myoscope.rules.tree import All, Any, AtLeast, Band, Cutoff, FirstKnown, Not, When

_PEOPLE = {"male": "men", "female": "women"}
_DECIDES = "present"
"""The rule that decides an urgent sign: its name says nothing."""
_LISTED_AS = {"condition": "", "symptom": "", "medicine": "takes "}


@dataclass(frozen=True, slots=True)
class Saying:
    """How to say the rules of one page; what was said in full is not said in full again.

    Attributes:
        bodies: rule name -> its YAML, for the notes that stand beside it.
        told: names of the rules said so far.

    """

    bodies: Mapping[str, Anything] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def rule(self, rule: Rule, *, label: str = "") -> Line:
        """The rule with everything inside it."""
        line = self._line(rule, "")
        twice = f"{label.lower()}: "
        pieces = tuple(
            piece.removeprefix(twice) if isinstance(piece, str) and not place else piece
            for place, piece in enumerate(line.pieces)
        )
        return Line(pieces, label or line.label, line.cited, line.below)

    def _line(self, rule: Rule, name: str) -> Line:
        match rule:
            case Named(inner, part):
                return self._named(inner, part)
            case Compare():
                return self._compare(rule)
            case Is(variable, values):
                return say(Ref("quantities", variable, quantities()[variable].name), f": {_either(values, variable)}")
            case Has():
                return say(*_has(rule))
            case Not(part):
                return _not(self._line(part, ""))
            case All(parts):
                return self._several("all of these", parts, name)
            case Any(parts):
                return self._several("any of these", parts, name)
            case FirstKnown(parts):
                return self._several("the first of these that is known", parts, name)
            case AtLeast(n, parts):
                return self._several(f"at least {n} of these {len(parts)}", parts, name)

    def _named(self, name: str, part: Rule) -> Line:
        spoken = "" if name == _DECIDES else name.replace("_", " ")
        line = self._line(part, spoken)
        if name not in self.told:
            self.told.add(name)
            return Line(line.pieces, line.label, line.cited, (*line.below, *self._beside(name)))
        single = isinstance(part, (Compare, Is, Has))
        return Line(line.pieces, line.label, line.cited) if single else say(f"{spoken} (as above)")

    def _beside(self, name: str) -> tuple[Line, ...]:
        """The notes and conflicts that stand beside a rule and its cut-offs."""
        body = self.bodies.get(name)
        if not isinstance(body, Mapping):
            return ()
        rows = body.get("cutoff") if isinstance(body.get("cutoff"), list) else []
        found = [
            say(str(place[key]), label=label)
            for place in (body, *(rows or []))
            for key, label in (("note", "Note"), ("conflict", "Sources disagree"))
            if isinstance(place, Mapping) and key in place
        ]
        return tuple(dict.fromkeys(found))

    def _several(self, how: str, parts: tuple[Rule, ...], name: str) -> Line:
        if len(parts) == 1:
            return self._line(parts[0], name)
        lines = tuple(self._line(part, "") for part in dict.fromkeys(parts))
        return say(f"{name}: {how}:" if name else f"{how}:", below=lines)

    def _compare(self, rule: Compare) -> Line:
        known = quantities()[rule.variable]
        citations = dict.fromkeys(cutoff.citation for cutoff in rule.cutoffs)
        pieces = (Ref("quantities", rule.variable, known.name), f" {BELOW[rule.operator]} ", _limits(rule))
        return Line(pieces, "", tuple(cited(one) for one in citations), self._unable(rule))

    def _unable(self, rule: Compare) -> tuple[Line, ...]:
        if not quantities()[rule.variable].can_be_unable:
            return ()
        told = "If it was tried and could not be done"
        if rule.unable is None:
            return (say(f"{told}: settles nothing"),)
        if isinstance(rule.unable, bool):
            return (say(f"{told}: counts as {'yes' if rule.unable else 'no'}"),)
        other = self._line(rule.unable, "")
        return (Line((f"{told}: ", *other.pieces), "", other.cited, other.below),)


def _not(line: Line) -> Line:
    if line.below:
        return say("not so:", below=(line,))
    return Line(("not so: ", *line.pieces), "", line.cited)


def people(when: When) -> str:
    """For whom something holds: 'men, 65 years and over'; '' for everybody."""
    ordered = sorted(when.allowed, key=lambda pair: pair[0] != "sex")
    words = [
        _either(frozenset(_PEOPLE.get(value, value) for value in values), variable) for variable, values in ordered
    ]
    return ", ".join([*words, *([years(when.age)] if when.age else [])])


def years(band: Band) -> str:
    """An age band: '50 to under 65 years'."""
    if band.start is None:
        return "all ages" if band.below is None else f"under {band.below:g} years"
    return f"{band.start:g} years and over" if band.below is None else f"{band.start:g} to under {band.below:g} years"


def _limits(rule: Compare) -> str:
    """'27 kg (men), 16 kg (women)'; people who share a cut-off stand together."""
    unit = quantities()[rule.variable].shown_unit
    by_value: dict[float, list[Cutoff]] = {}
    for cutoff in rule.cutoffs:
        by_value.setdefault(cutoff.value, []).append(cutoff)
    said = []
    for value, cutoffs in by_value.items():
        number = f"{value:g}{'' if unit in {'', '°'} else ' '}{unit}"
        who = "; ".join(text for cutoff in cutoffs if (text := people(cutoff.when)))
        said.append(f"{number} ({who})" if who else number)
    return ", ".join(said)


def _either(values: frozenset[str | bool] | frozenset[str], variable: str) -> str:
    return listed(sorted(_value(value, variable) for value in values), "or")


def _value(value: str | bool, variable: str) -> str:  # noqa: FBT001  # a value of the registry
    if isinstance(value, bool):
        return "yes" if value else "no"
    return device_name(value) if variable == "alm_method" else value.replace("_", " ")


def _has(rule: Has) -> tuple[Piece, ...]:
    name = terms(rule.kind)[rule.id].name
    since = f", begun within the last {rule.within_days:g} days" if rule.within_days is not None else ""
    ever = ", now or ever" if rule.ever else ""
    return (_LISTED_AS[rule.kind], Ref(KINDS[rule.kind], rule.id, name), f"{since}{ever}")
