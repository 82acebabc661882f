"""From the YAML of a knowledge file to rule trees. Messages say which file, which rule, what, and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any as Anything

from myoscope.quantities.registry import did_you_mean, quantities
from myoscope.quantities.terms import KINDS, terms
from myoscope.rules.tree import (
    All,
    Any,
    AtLeast,
    Band,
    Compare,
    Cutoff,
    FirstKnown,
    Has,
    Is,
    Named,
    Not,
    Rule,
    When,
)
from myoscope.sources import Citation, KnowledgeError, citation

OPERATORS = ("<", "<=", ">", ">=")
_CITATION = {"source", "place", "read", "unit", "note", "conflict"}
_FORMS = ("all", "any", "at_least", "first_known", "not", "path", "variable", "has")
# What may stand beside each form: a word misspelt must not be a rule left out.
_BESIDE: dict[str, set[str]] = {
    "at_least": {"of"},
    "variable": {"is", "operator", "cutoff", "unable"},
    "has": {"ever", "within_days"},
}
CASE_CATEGORIES = ("sex", "ancestry", "alm_method", "l3_contrast_phase")


class RuleError(KnowledgeError):
    """A rule that cannot be read: file, rule and reason in the text."""


class RuleBook:
    """The named rules of one knowledge file, resolved into trees.

    Args:
        where: the file, for messages.
        entry: the file's content: `rules`, `components` (rules too), `paths` (other readings), a citation to inherit.
        choice: path id -> the reading chosen; the default of the file where nothing is chosen.

    """

    def __init__(self, where: str, entry: Mapping[str, Anything], choice: Mapping[str, str] | None = None) -> None:
        self.where = where
        self.rules: Mapping[str, Anything] = {**(entry.get("components") or {}), **(entry.get("rules") or {})}
        self.paths: Mapping[str, Mapping[str, Anything]] = entry.get("paths") or {}
        self.choice = {path: options.get("default") for path, options in self.paths.items()} | dict(choice or {})
        for path, chosen in self.choice.items():
            if path not in self.paths:
                raise RuleError(f"{where}: no path called {path!r}{did_you_mean(path, self.paths)}")
            if chosen not in self.paths[path] or chosen == "default":
                options = [option for option in self.paths[path] if option != "default"]
                raise RuleError(f"{where}: no way {chosen!r} to assess {path!r}; known: {path} = {' | '.join(options)}")
        self._above = citation(dict(entry))
        self._done: dict[str, Rule] = {}
        self._open: list[str] = []

    def rule(self, name: str) -> Rule:
        """The rule of this name, as a tree."""
        if name not in self._done:
            if name not in self.rules:
                raise RuleError(f"{self.where}: no rule called {name!r}{did_you_mean(name, self.rules)}")
            if name in self._open:
                raise RuleError(f"{self.where}: rule {name!r} leads back to itself: {' -> '.join([*self._open, name])}")
            self._open.append(name)
            self._done[name] = Named(name, self._read(self.rules[name], name))
            self._open.pop()
        return self._done[name]

    def read(self, body: Anything, name: str) -> Rule:
        """A rule written out in place, or the name of one."""
        return self._read(body, name)

    def _fail(self, name: str, problem: str) -> RuleError:
        return RuleError(f"{self.where}: rule {name!r}: {problem}")

    def _read(self, body: Anything, name: str) -> Rule:
        if isinstance(body, str):
            return self.rule(body)
        if not isinstance(body, Mapping):
            raise self._fail(name, f"{body!r} is not a rule")
        forms = [form for form in _FORMS if form in body]
        if len(forms) != 1:
            raise self._fail(name, f"needs exactly one of {', '.join(_FORMS)}")
        self._refuse_strangers(body, forms[0], name)
        match forms[0]:
            case "all":
                return All(self._several(body["all"], name))
            case "any":
                return Any(self._several(body["any"], name))
            case "at_least":
                return self._at_least(body, name)
            case "first_known":
                return FirstKnown(self._several(body["first_known"], name))
            case "not":
                return Not(self._read(body["not"], name))
            case "path":
                return self._path(body["path"], name)
            case "has":
                return self._has(body, name)
            case _:
                return self._is(body, name) if "is" in body else self._compare(body, name)

    def _refuse_strangers(self, body: Mapping[str, Anything], form: str, name: str) -> None:
        beside = {form, *_CITATION, *_BESIDE.get(form, ())}
        for key in body:
            if key not in beside:
                raise self._fail(name, f"{key!r} says nothing there{did_you_mean(str(key), beside)}")

    def _several(self, bodies: Anything, name: str) -> tuple[Rule, ...]:
        if not isinstance(bodies, list) or not bodies:
            raise self._fail(name, "all, any, first_known and at_least ... of need a list of rules")
        return tuple(self._read(body, name) for body in bodies)

    def _at_least(self, body: Mapping[str, Anything], name: str) -> Rule:
        several, wanted = self._several(body.get("of"), name), body["at_least"]
        if isinstance(wanted, bool) or not isinstance(wanted, int) or not 1 <= wanted <= len(several):
            raise self._fail(name, f"at_least {wanted!r} is not a number from 1 to {len(several)}")
        return AtLeast(wanted, several)

    def _path(self, path: str, name: str) -> Rule:
        if path not in self.paths:
            raise self._fail(name, f"no path called {path!r}{did_you_mean(path, self.paths)}")
        return self._read(self.paths[path][self.choice[path]], name)

    def _has(self, body: Mapping[str, Anything], name: str) -> Rule:
        if not isinstance(body["has"], Mapping) or len(body["has"]) != 1:
            raise self._fail(name, f"has: {body['has']!r} is not one of {', '.join(KINDS)} with its id")
        ((kind, term),) = body["has"].items()
        if kind not in KINDS:
            raise self._fail(name, f"has: {kind!r} is not one of {', '.join(KINDS)}")
        if term not in terms(kind):
            raise self._fail(name, f"unknown {kind} {term!r}{did_you_mean(str(term), terms(kind))}")
        within = body.get("within_days")
        if isinstance(within, bool) or not isinstance(within, (int, float, type(None))):
            raise self._fail(name, f"within_days {within!r} is not a number of days")
        return Has(kind, term, bool(body.get("ever", False)), None if within is None else float(within))

    def _is(self, body: Mapping[str, Anything], name: str) -> Rule:
        variable = self._variable(body, name)
        values = body["is"] if isinstance(body["is"], list) else [body["is"]]
        asked = quantities()[variable]
        if asked.kind not in {"category", "yes_no"}:
            raise self._fail(name, f"{variable} is a {asked.kind}: compare it with a cut-off")
        known = asked.values if asked.kind == "category" else (True, False)
        for value in values:
            if value not in known or (asked.kind == "yes_no" and not isinstance(value, bool)):
                raise self._fail(name, f"{variable} has no value {value!r}; known: {', '.join(map(str, known))}")
        return Is(variable, frozenset(values))

    def _variable(self, body: Mapping[str, Anything], name: str) -> str:
        variable = body["variable"]
        if variable not in quantities():
            raise self._fail(name, f"unknown variable {variable!r}{did_you_mean(str(variable), quantities())}")
        return str(variable)

    def _compare(self, body: Mapping[str, Anything], name: str) -> Rule:
        variable = self._variable(body, name)
        if body.get("operator") not in OPERATORS:
            raise self._fail(name, f"operator {body.get('operator')!r} is not one of {' '.join(OPERATORS)}")
        unit = body.get("unit")
        if unit is None or unit != quantities()[variable].unit:
            raise self._fail(name, f"unit {unit!r}: {variable} is in {quantities()[variable].unit!r}")
        above = citation(dict(body), self._above)
        rows = body.get("cutoff")
        rows = rows if isinstance(rows, list) else [{"value": rows}]
        cutoffs = tuple(self._cutoff(row, name, above) for row in rows)
        if quantities()[variable].can_be_unable and "unable" not in body:
            raise self._fail(
                name, f"{variable} may be impossible for a person: say `unable: yes | no | unknown | a rule`"
            )
        unable = body.get("unable")
        if unable == "unknown":
            unable = None
        elif unable is not None and not isinstance(unable, bool):
            unable = self._read(unable, name)
        return Compare(variable, body["operator"], cutoffs, unit, above or cutoffs[0].citation, unable)

    def _cutoff(self, row: Mapping[str, Anything], name: str, above: Citation | None) -> Cutoff:
        value = row.get("value")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._fail(name, f"cut-off {value!r} is not a number")
        cited = citation(dict(row), above)
        if cited is None:
            raise self._fail(name, f"cut-off {value} has no source, place and read")
        return Cutoff(float(value), self.when(row.get("when") or {}, name), cited)

    def when(self, body: Mapping[str, Anything], name: str) -> When:
        """For whom something holds, from its YAML."""
        allowed: dict[str, frozenset[str]] = {}
        age = None
        for variable, wanted in body.items():
            if variable == "age_years":
                band = {key: wanted.get(key) for key in ("from", "below")}
                if set(wanted) - {"from", "below", "unit", "source", "place", "read", "note"}:
                    raise self._fail(name, f"age band {wanted!r}: only from and below")
                age = Band(band["from"], band["below"])
            elif variable in CASE_CATEGORIES:
                values = wanted if isinstance(wanted, list) else [wanted]
                for value in values:
                    if value not in quantities()[variable].values:
                        raise self._fail(name, f"{variable} has no value {value!r}")
                allowed[variable] = frozenset(values)
            elif variable not in {"unit", "source", "place", "read", "note"}:
                raise self._fail(name, f"when: {variable!r} is not one of age_years, {', '.join(CASE_CATEGORIES)}")
        return When(tuple(sorted(allowed.items(), key=lambda pair: pair[0])), age)
