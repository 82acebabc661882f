"""The keys of knowledge files that mean more than they hold: evidence, doses, gates, stages, readings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from myoscope.assess.words import cited
from myoscope.causes import causes
from myoscope.plan import answers, treatments
from myoscope.plan.treatments import ACTIONS, GateRule
from myoscope.quantities.registry import shown_unit
from myoscope.report.entry_index import KIND_TITLES, Entry
from myoscope.report.entry_lines import Line, say
from myoscope.report.entry_rules import Saying, people
from myoscope.report.entry_values import above_all, label, lines, links, row
from myoscope.report.wording import (
    BLOCKED,
    CAUSE_GROUPS,
    DEFINITION_GROUPS,
    GATE_ACTIONS,
    PLAN_GROUPS,
    READ_MEANINGS,
    TIERS,
    capitalize_first,
    word,
)
from myoscope.rules import Rule, RuleBook
from myoscope.sources import citation

STRENGTHS = {
    "establishes": "Settles it",
    "strong": "Strong",
    "moderate": "Moderate",
    "weak": "Weak",
    "excludes": "Rules it out",
}
_GROUPS = {"causes": CAUSE_GROUPS, "treatments": PLAN_GROUPS, "definitions": DEFINITION_GROUPS}
_OWN_VALUE = re.compile(r"\{([a-z0-9_]+)\}")
_HIDDEN = frozenset({"id", "rule", "when", "strength", "says", "text", "lay", "action"})


class Teller:
    """Says the keys of one entry, in the order in which they are asked for.

    Attributes:
        unsaid: keys of the file that no section has said yet.

    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.body = entry.body
        self.above = above_all(entry)
        self.book = RuleBook(entry.file, self.body)
        self.saying = Saying(self.book.rules)
        self.unsaid = dict.fromkeys(self.body)
        self._special = self._of_its_kind() if entry.kind in KIND_TITLES else {}

    def _of_its_kind(self) -> Mapping[str, Callable[[Any], tuple[Line, ...]]]:
        """The keys with a meaning of their own; a kind of file that nobody described is said as it stands."""
        return {
            "for": self._evidence,
            "against": self._evidence,
            "opens": self._opens,
            "already": self._named_rule,
            "dose": self._doses,
            "gates": self._gates,
            "gates_shared": self._shared_gates,
            "monitoring": self._timed,
            "components": self._components,
            "stages": self._stages,
            "paths": self._paths,
            "finding_outside_stages": self._notes,
            "applies": self._people,
            "made_for": self._people,
            "unless": self._named_rule,
            "treatments": self._treatments,
            "for_causes": self._causes,
            "needs": lambda names: (Line(links(names)),),
            **dict.fromkeys(("inputs", "estimates", "quantity", "fields", "gives", "score"), _quantities),
            "includes": lambda names: (Line(links(names, self.entry.kind)),),
            "tier": lambda tier: (say(TIERS[tier]),),
            "blocks": lambda what: (say(BLOCKED[what] or "Nothing has to wait for it."),),
            "prescribe": self._prescribe,
            "unit": lambda code: (say(f"{shown_unit(code)} (UCUM {code})".lstrip()),),
            "better": lambda way: (say("neither way" if way == "neither" else way),),
            "loinc": self._loinc,
            "asks": self._asks,
            **(dict.fromkeys(("after", "within", "opens"), _questions) if self.entry.kind == "questions" else {}),
            "lookalikes": lambda rows: tuple(_lookalike(one) for one in rows),
            "group": lambda group: (say(word(_GROUPS.get(self.entry.kind, {}), group)),),
            "read": lambda how: (say(f"{how}: {READ_MEANINGS[how]}"),),
            "read_at": lambda where: (Line((str(where),), address=_web(str(where))),),
        }

    def key(self, name: str) -> tuple[Line, ...]:
        """Everything under one key; () where the file has none."""
        if name not in self.unsaid:
            return ()
        del self.unsaid[name]
        body = self.body[name]
        if body is None or (isinstance(body, (list, Mapping)) and not body):
            return ()
        if name in self._special:
            return self._special[name](body)
        if name == "effect" and self.entry.kind == "treatments":
            return tuple(self._effect(one) for one in (body if isinstance(body, list) else [body]))
        return lines(name, body, self.above, str(self.body.get("unit") or ""))

    def rule_named(self, name: str, front: str = "") -> Line:
        """One rule of the file, as a line that says when it is so."""
        return self.saying.rule(self.book.rule(name), label=front)

    def unsaid_rules(self) -> tuple[Line, ...]:
        """The rules that nothing on the page has used so far."""
        return tuple(
            self.rule_named(name, capitalize_first(name.replace("_", " ")))
            for name in self.body.get("rules") or {}
            if name not in self.saying.told  # asked anew each time: one rule may have said the next
        )

    def _rule(self, body: Any, where: str) -> Rule:
        return self.book.read(body, where)

    def _when(self, body: Any, front: str = "When") -> Line:
        return self.saying.rule(self._rule(body, front), label=front)

    def _rest(self, body: Mapping[str, Any]) -> tuple[Line, ...]:
        """What else a row holds, by name."""
        others = {key: value for key, value in body.items() if key not in _HIDDEN and value != self.body.get(key)}
        return row({key: value for key, value in others.items() if key not in {"source", "place", "read"}}).below

    def _row(self, body: Mapping[str, Any], text: str, front: str, below: tuple[Line, ...]) -> Line:
        said = row({key: body[key] for key in ("source", "place", "read") if key in body}, self.above, text=text)
        return Line(said.pieces, front, said.cited, (*below, *self._rest(body)))

    def _evidence(self, body: list[dict[str, Any]]) -> tuple[Line, ...]:
        return tuple(
            self._row(one, _without_values(one["says"]), STRENGTHS[one["strength"]], (self._when(one["rule"]),))
            for one in body
        )

    def _opens(self, body: list[str]) -> tuple[Line, ...]:
        return tuple(self._when(name, "Only when it is sure that") for name in body)

    def _named_rule(self, body: Any) -> tuple[Line, ...]:
        return (self.saying.rule(self._rule(body, "rule")),)

    def _doses(self, body: list[dict[str, Any]]) -> tuple[Line, ...]:
        found = []
        for place, one in enumerate(body):
            if "when" in one:
                named = one["when"].replace("_", " ") if isinstance(one["when"], str) else "if"
                found.append(self._row(one, one["text"], capitalize_first(named), (self._when(one["when"]),)))
            else:
                found.append(self._row(one, one["text"], "Everybody else" if place else "Everybody", ()))
        return tuple(found)

    def _gates(self, body: list[dict[str, Any]]) -> tuple[Line, ...]:
        """The hardest gates first."""
        ordered = sorted(body, key=lambda one: ACTIONS.index(one["action"]))
        return tuple(
            self._row(one, one["lay"], GATE_ACTIONS[one["action"]], (self._when(one["rule"]),)) for one in ordered
        )

    def _shared_gates(self, names: list[str]) -> tuple[Line, ...]:
        """Those of the shared sets that the file has not set itself, the hardest first, and where they stand."""
        own = {one["id"] for one in self.body.get("gates") or []}
        shared = [one for one in treatments()[self.entry.id].gates if one.id not in own]
        ordered = sorted(shared, key=lambda one: ACTIONS.index(one.action))
        sets = links([f"gates_{name}" for name in names], "policy")
        return (*map(self._shared_gate, ordered), Line(sets, "Shared with other treatments"))

    def _shared_gate(self, one: GateRule) -> Line:
        below = (self.saying.rule(one.rule, label="When"), say(one.professional, label="Professional"))
        return Line((one.lay,), GATE_ACTIONS[one.action], (cited(one.citation),), below)

    def _timed(self, body: list[Any]) -> tuple[Line, ...]:
        return tuple(
            self._row(one, str(one["text"]), capitalize_first(str(one.get("when", ""))), ())
            if isinstance(one, Mapping)
            else say(str(one))
            for one in (body if isinstance(body, list) else [body])
        )

    def _effect(self, one: dict[str, Any]) -> Line:
        used = {"median", "low", "high", "unit", "outcome", "weeks"}
        weeks = f" after {one['weeks']:g} weeks" if one.get("weeks") else ""
        text = f"{one['median']:+g} {one['unit']} {one['outcome']} ({one['low']:+g} to {one['high']:+g}){weeks}"
        return self._row({key: value for key, value in one.items() if key not in used}, text, "", ())

    def _components(self, body: dict[str, Any]) -> tuple[Line, ...]:
        return tuple(self.rule_named(name, capitalize_first(name.replace("_", " "))) for name in body)

    def _stages(self, body: list[dict[str, Any]]) -> tuple[Line, ...]:
        found = []
        for one in body:
            meaning = str(one.get("meaning", "")).strip()
            see = (say(str(one["see"]), label="See"),) if "see" in one else ()
            rule = (self._when(one["rule"]),) if "rule" in one else ()
            found.append(say(meaning, label=str(one.get("title", one["id"])), below=(*see, *rule)))
        return tuple(found)

    def _paths(self, body: dict[str, dict[str, Any]]) -> tuple[Line, ...]:
        found = []
        for path, options in body.items():
            spoken = {name: capitalize_first(name.replace("_", " ")) for name in (path, *options)}
            spoken[options["default"]] += ", as Myoscope reads it"
            readings = [self._when(rule, spoken[name]) for name, rule in options.items() if name != "default"]
            found.append(say(label=spoken[path], below=tuple(readings)))
        return tuple(found)

    def _notes(self, body: list[dict[str, Any]]) -> tuple[Line, ...]:
        return tuple(self._row(one, one["says"], "", (self._when(one["when"]),)) for one in body)

    def _people(self, body: dict[str, Any]) -> tuple[Line, ...]:
        told = {"source", "place", "read", "note", "conflict"}
        text = capitalize_first(people(self.book.when({k: v for k, v in body.items() if k != "conflict"}, "people")))
        whole = row({key: body[key] for key in body if key in told}, self.above, text=text)
        above = citation(dict(body), self.above)
        parts = []  # an age that has a source or a note of its own
        for key, inner in body.items():
            if isinstance(inner, Mapping) and told & inner.keys():
                part = row({name: inner[name] for name in inner if name in told}, above)
                parts.append(Line(part.pieces, label(key), part.cited, part.below))
        return (Line(whole.pieces, "", whole.cited, (*parts, *whole.below)),)

    def _causes(self, names: list[str]) -> tuple[Line, ...]:
        """Those that the file names, and those that name it: for the plan it is the same."""
        if "any" in names:
            return (say("Any cause"),)
        known = treatments()[self.entry.id]
        others = [one.id for one in causes().values() if one.id not in names and answers(known, one)]
        return (Line(links([*names, *others], "causes")),)

    def _treatments(self, names: list[str]) -> tuple[Line, ...]:
        """The cause's own first, then those that name it."""
        known = causes()[self.entry.id]
        others = [one.id for one in treatments().values() if one.id not in names and answers(one, known)]
        return (Line(links([*names, *others], "treatments")),)

    def _prescribe(self, how: str) -> tuple[Line, ...]:
        return (say("A person may begin it" if how == "offer" else "Only ever with a professional"),)

    def _asks(self, body: dict[str, Any]) -> tuple[Line, ...]:
        return (Line(links(body["first"]), below=(self._when(body["when"]),)),)

    def _loinc(self, body: list[dict[str, Any]]) -> tuple[Line, ...]:
        codes = [f"{one['code']}{'' if one['match'] == 'exact' else ' (near)'}" for one in body]
        return (say(", ".join(codes)),) if codes else ()


def _questions(names: str | list[str]) -> tuple[Line, ...]:
    return (Line(links([names] if isinstance(names, str) else names, "questions")),)


def _quantities(names: str | list[str]) -> tuple[Line, ...]:
    return (Line(links([names] if isinstance(names, str) else names, "quantities")),)


def _lookalike(one: Mapping[str, Any]) -> Line:
    factor = f" (times {one['factor']:g})" if "factor" in one else ""
    others = row({key: value for key, value in one.items() if key not in {"unit", "factor", "example"}}).below
    return say(f"{shown_unit(str(one['unit']))}{factor}: {one.get('example', '')}".rstrip(": "), below=others)


def _web(address: str) -> str | None:
    return address if address.startswith(("https://", "http://")) else None


def _without_values(text: str) -> str:
    """A sentence of evidence without a person: '…' where the person's own value will stand."""
    return _OWN_VALUE.sub("…", text)
