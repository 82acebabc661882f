"""Ids that are used must be defined, and a number that nobody read must not decide."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from myoscope.causes import causes, flags
from myoscope.check.cases import CASE_DAY
from myoscope.check.finding import Finding
from myoscope.definitions import definitions
from myoscope.estimates import equations, estimate
from myoscope.norms import norms
from myoscope.plan import treatments
from myoscope.quantities import KINDS, quantities, terms
from myoscope.record import current, parse_record
from myoscope.rules import Compare, Formula, Rule
from myoscope.rules.tree import walk


def check_links(files: Mapping[str, Any]) -> Iterator[Finding]:
    """Every reference from one file to another, and every kind of file read as the program reads it."""
    from myoscope.model.losses import exposure_names

    yield from _sources(files)
    for path, entry in files.items():
        room = path.split("/")[0]
        if room == "causes":
            yield from _unknown(path, "treatments", entry, treatments())
            yield from _unknown(
                path, "needs", entry, {*quantities(), *(term for kind in KINDS for term in terms(kind))}
            )
            yield from _unknown(path, "exposures", entry, exposure_names() | {"ageing"})
            yield from _unknown(path, "stands_for", entry, causes())
        if room == "treatments":
            yield from _unknown(path, "for_causes", entry, {*causes(), "any"})
        if isinstance(entry, dict) and "id" in entry and path.rsplit("/", 1)[-1] != f"{entry['id']}.yaml":
            yield Finding(path, "id", f"{entry['id']!r} stands in a file of another name")
    for kind, plural in KINDS.items():
        for term in terms(kind).values():
            for narrow in set(term.includes) - terms(kind).keys():
                yield Finding(f"vocabulary/{plural}.yaml", term.id, f"includes unknown {narrow!r}")
    for name, one in quantities().items():
        if one.formula and (strangers := Formula(one.formula).names - quantities().keys()):
            yield Finding("quantities", name, f"formula names {sorted(strangers)}")
        if one.kind == "number" and (one.unit is None or (one.guard.low is None and one.guard.high is None)):
            yield Finding("quantities", name, "a number needs a unit and a guard range")
    yield from _centiles()
    yield from _worked(files)


def _unknown(path: str, key: str, entry: Mapping[str, Any], known: Container[str]) -> Iterator[Finding]:
    for name in entry.get(key) or []:
        if name not in known:
            yield Finding(path, key, f"unknown id {name!r}")


def _sources(files: Mapping[str, Any]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for path, entries in files.items():
        if path.startswith("sources/"):
            for entry in entries or []:
                if entry["id"] in seen:
                    yield Finding(path, entry["id"], f"stands in {seen[entry['id']]} too")
                seen[entry["id"]] = path
                if entry.get("read") == "primary" and not {"doi", "pmid", "read_at", "journal"} & entry.keys():
                    yield Finding(path, entry["id"], "read as primary, but nothing says where")


def check_recalled() -> Iterator[Finding]:
    """A value from memory may decide no flag, no stage, no opening gate, and be weak evidence at most."""
    for flag in flags().values():
        if not flag.citation.may_decide:
            yield Finding(f"flags/{flag.id}.yaml", "file", "an urgent flag rests on memory alone")
        yield from _recalled(f"flags/{flag.id}.yaml", "present", flag.rule)
    for name, chosen in definitions().items():
        for component, rule in chosen.components.items():
            yield from _recalled(f"definitions/{name}.yaml", component, rule)
    for treatment in treatments().values():
        for rule in treatment.opens:
            yield from _recalled(f"treatments/{treatment.id}.yaml", "opens", rule)
    for cause in causes().values():
        for clue in (*cause.speaks_for, *cause.speaks_against):
            if clue.strength != "weak":
                yield from _recalled(f"causes/{cause.id}.yaml", clue.name, clue.rule)


def _recalled(path: str, place: str, rule: Rule) -> Iterator[Finding]:
    for node in walk(rule):
        if isinstance(node, Compare):
            for cutoff in node.cutoffs:
                if not cutoff.citation.may_decide:
                    yield Finding(path, place, f"the recalled value {cutoff.value:g} ({node.variable}) decides")


def _centiles() -> Iterator[Finding]:
    """In every row of every centile table a higher centile is a higher value."""
    for norm in norms().values():
        names = norm.columns.get("percentiles") or []
        for number, row in enumerate(norm.rows, start=1):
            values = [float(row[name]) for name in names]
            if values != sorted(values):
                yield Finding(f"norms/{norm.id}.yaml", f"row {number}", "the centiles are not in order")


def _worked(files: Mapping[str, Any]) -> Iterator[Finding]:
    """Every worked example of every equation."""
    for name, equation in equations().items():
        path = f"equations/{name}.yaml"
        examples = files[path].get("worked") or []
        if len(examples) < 2:
            yield Finding(path, "worked", "needs two worked examples")
        for row in examples:
            facts = current(parse_record(row["given"], path, today=CASE_DAY), today=CASE_DAY).facts
            found = estimate(equation, facts)
            if found is None or abs(found.value - row["expect"]) > row["tolerance"]:
                got = "no value" if found is None else f"{found.value:.4f}"
                yield Finding(path, "worked", f"expected {row['expect']}, got {got}")
