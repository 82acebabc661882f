"""Run the cases that stand beside the rules, and see whether every boundary has its two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from myoscope.check.finding import Finding
from myoscope.definitions import classify, definition
from myoscope.quantities import quantities
from myoscope.record import InputError, current, parse_record
from myoscope.rules import Compare, Facts, Has, Is, Rule, RuleBook, evaluate
from myoscope.rules.tree import walk
from myoscope.rules.worlds import fitting

RULE_FOLDERS = ("definitions", "flags", "causes", "treatments", "policy", "programmes", "foods")
CASE_DAY = dt.date(2026, 11, 20)
NEAR = 0.05
_STAGE_KEYS = ("stage", "up_to", "outside_population")


@dataclass(frozen=True, slots=True)
class Case:
    """One case as facts, with the rules it speaks about."""

    name: str
    facts: Facts
    rules: frozenset[str]


def check_cases(files: Mapping[str, Any]) -> Iterator[Finding]:
    """Every case of every file with rules, and every boundary of every rule."""
    for path, entry in files.items():
        if path.split("/")[0] in RULE_FOLDERS and isinstance(entry, dict) and entry.get("rules"):
            cases: list[Case] = []
            for row in entry.get("cases") or []:
                yield from _run(path, entry, row, cases)
            yield from _boundaries(path, entry, cases)


def _run(path: str, entry: dict[str, Any], row: dict[str, Any], cases: list[Case]) -> Iterator[Finding]:
    place = f"case {row.get('name')!r}"
    if not row.get("why"):
        yield Finding(path, place, "gives no reason (why)")
    try:
        given = {"date": CASE_DAY.isoformat(), **row["given"]}
        facts = current(parse_record(given, "given", today=CASE_DAY), on=CASE_DAY, today=CASE_DAY).facts
    except InputError as error:
        yield Finding(path, place, f"is no valid record: {error}")
        return
    choice = row.get("path") or {}
    book = RuleBook(path, entry, choice)
    expected: dict[str, Any] = row["expect"]
    for name, wanted in expected.items():
        got = _answer(path, entry, name, choice, book, facts)
        if got != _words(wanted):
            yield Finding(path, place, f"{name}: expected {_words(wanted)}, got {got}")
    cases.append(Case(str(row.get("name")), facts, frozenset(expected)))


def _answer(path: str, entry: dict[str, Any], name: str, choice: dict[str, str], book: RuleBook, facts: Facts) -> str:
    if path.startswith("definitions/") and name in _STAGE_KEYS:
        found = classify(definition(entry["id"], choice), facts)
        return {"stage": found.stage, "up_to": found.up_to, "outside_population": _words(found.outside_population)}[
            name
        ]
    recalled = path.startswith("treatments/")
    return _words(evaluate(book.rule(name), facts, recalled_decides=recalled).answer)


def _words(answer: Any) -> str:
    return (
        {True: "yes", False: "no", None: "unknown"}.get(answer, str(answer)) if not isinstance(answer, str) else answer
    )


def _boundaries(path: str, entry: dict[str, Any], cases: list[Case]) -> Iterator[Finding]:
    book = RuleBook(path, entry)
    names = list(entry["rules"])
    trees = {name: book.rule(name) for name in [*names, *(entry.get("components") or {})]}
    reach = {name: set(walk(tree)) for name, tree in trees.items()}
    done: set[Rule] = set()
    for name in names:
        for leaf in walk(trees[name]):
            if leaf in done or not isinstance(leaf, (Compare, Has, Is)):
                continue
            done.add(leaf)
            speaking = [case for case in cases if _speaks(case, leaf, reach)]
            yield from _leaf(path, f"rule {name!r}", leaf, speaking)


def _speaks(case: Case, leaf: Rule, reach: dict[str, set[Rule]]) -> bool:
    return any(name in _STAGE_KEYS or leaf in reach.get(name, ()) for name in case.rules)


def _leaf(path: str, place: str, leaf: Compare | Has | Is, cases: list[Case]) -> Iterator[Finding]:
    if isinstance(leaf, Compare):
        for index, cutoff in enumerate(leaf.cutoffs):
            step = quantities()[leaf.variable].resolution or 0
            near = max(NEAR * abs(cutoff.value), step) * (1 + 1e-9)
            seen = set()
            for case in cases:
                value = case.facts.values.get(leaf.variable)
                if (
                    isinstance(value, float)
                    and abs(value - cutoff.value) <= near
                    and fitting(leaf, case.facts.values) == index
                ):
                    seen.add(evaluate(leaf, case.facts, recalled_decides=True).answer)
            for wanted in {True, False} - seen:
                yield Finding(
                    path,
                    place,
                    f"no case answered {_words(wanted)} next to {leaf.variable} {leaf.operator} {cutoff.value:g}",
                )
        return
    answers = {evaluate(leaf, case.facts).answer for case in cases}
    title = f"{leaf.kind} {leaf.id}" if isinstance(leaf, Has) else f"{leaf.variable} is {sorted(map(str, leaf.values))}"
    for wanted in {True, False} - answers:
        yield Finding(path, place, f"no case in which '{title}' is {_words(wanted)}")
