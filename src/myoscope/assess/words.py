"""How values, comparisons and citations are put into words; one place, so that every face says the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from myoscope.assess.muscle import Chance
from myoscope.assess.result import Cited, Comparison
from myoscope.definitions import Classification
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.quantities import KINDS, quantities, terms
from myoscope.rules import UNABLE, Compare, Facts, Has, Is, Named, Trace, deciding
from myoscope.rules.tree import Answer
from myoscope.sources import Citation, bibliography

BELOW = {"<": "below", "<=": "at or below", ">": "above", ">=": "at or above"}
"""A comparison's operator in words."""

AnswerWord = Literal["yes", "no", "unknown"]


def word(answer: Answer) -> AnswerWord:
    """yes, no or unknown."""
    return "unknown" if answer is None else "yes" if answer else "no"


def cited(citation: Citation) -> Cited:
    """A citation with its short form and address."""
    source = bibliography().get(citation.source)
    read: Literal["primary", "secondary", "recalled", "policy"] = citation.read  # type: ignore[assignment]
    return Cited(
        source=citation.source,
        short=source.short if source else citation.source,
        place=citation.place,
        read=read,
        link=source.link if source else None,
    )


def number(value: float, resolution: float | None = None, *, apart_from: float | None = None) -> str:
    """A number as people write it, in steps of its usual resolution.

    Args:
        value: the number.
        resolution: the step in which it is usually recorded; two decimals when unknown.
        apart_from: a cut-off: enough decimals are shown that the value does not seem to lie on it when it does not.

    """
    digits = 2 if resolution is None else len(f"{resolution:.6f}".rstrip("0").partition(".")[2])
    if abs(value - round(value, digits)) > 1e-9 and digits < 2:
        digits += 1  # a value between two steps is shown with one digit more
    text = f"{value:.{digits}f}"
    while apart_from is not None and digits < 7 and abs(float(text) - apart_from) < 1e-12 < abs(value - apart_from):
        digits += 1
        text = f"{value:.{digits}f}"
    return text


def shown(variable: str, value: object, *, apart_from: float | None = None) -> str:
    """A value with its unit."""
    if value is UNABLE:
        return "could not be done"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        known = quantities()[variable]
        return f"{number(float(value), known.resolution, apart_from=apart_from)} {known.shown_unit}".strip()
    return str(value)


def name_of(key: str) -> str:
    """The plain name of a variable or a list entry such as 'condition:cancer'."""
    kind, _, term = key.rpartition(":")
    if kind:
        found = terms(kind).get(term)
        return found.name if found else term.replace("_", " ")
    if key in quantities():
        return quantities()[key].name
    for listed in KINDS:
        if key in terms(listed):
            return terms(listed)[key].name
    return key.replace("_", " ")


def questions(trace: Trace) -> list[str]:
    """What to ask a person so that an open rule is answered: 'systolic blood pressure above 180 mmHg?'."""
    found: dict[str, None] = {}
    for leaf in deciding(trace):
        match leaf.rule:
            case Compare() as rule if leaf.answer is None:
                found[f"{quantities()[rule.variable].name} {_line(leaf, rule, list(leaf.possible))}?"] = None
            case Has(kind, term, _, _) if leaf.answer is None:
                known = terms(kind)[term]
                found[known.ask or f"{known.name}{f' ({known.plain})' if known.plain else ''}?"] = None
            case Is(variable, _) if leaf.answer is None:
                found[f"{name_of(variable)}?"] = None
            case _:
                pass
    return list(found)


def comparisons(traces: list[Trace], *, chances: Mapping[str, Chance] | None = None) -> list[Comparison]:
    """The comparisons behind some traces, each once, in order."""
    found: dict[tuple[str, str], Comparison] = {}
    for trace in traces:
        for name, leaf in _named_leaves(trace, ""):
            one = comparison(name, leaf, chances or {})
            found.setdefault((one.rule, one.variable), one)
    return list(found.values())


def _named_leaves(trace: Trace, name: str) -> list[tuple[str, Trace]]:
    if isinstance(trace.rule, Named):
        name = trace.rule.name
    if not trace.parts or isinstance(trace.rule, Compare):
        own = [(name, trace)]
        return own + [pair for part in trace.parts for pair in _named_leaves(part, name)]
    return [pair for part in trace.parts for pair in _named_leaves(part, name)]


def comparison(name: str, leaf: Trace, chances: Mapping[str, Chance]) -> Comparison:
    """One leaf of a trace in numbers and words."""
    match leaf.rule:
        case Compare() as rule:
            known = quantities()[rule.variable]
            limits = list(leaf.possible) or sorted({cutoff.value for cutoff in rule.cutoffs})
            estimated = chances.get(f"{name}:{rule.variable}")
            value = "unable" if leaf.value is UNABLE else estimated.value if estimated else leaf.value
            return Comparison(
                rule=name,
                variable=rule.variable,
                name=known.name,
                value=value if isinstance(value, (int, float, str, bool)) else None,
                operator=rule.operator,
                cutoff=leaf.cutoff,
                cutoffs=limits,
                unit=known.shown_unit,
                answer=word(leaf.answer),
                state="estimate" if estimated is not None else leaf.state,
                text=_compare_text(leaf, rule, limits, estimated),
                probability_below=estimated.printed if estimated else None,
                probability_below_elsewhere=estimated.elsewhere if estimated else None,
                source=cited(rule.citation),
            )
        case Is(variable, values):
            known = quantities()[variable]
            wanted = "" if known.kind == "yes_no" else f" (asked: {' or '.join(sorted(map(str, values)))})"
            held = "not known" if leaf.value is None else shown(variable, leaf.value)
            return Comparison(
                rule=name,
                variable=variable,
                name=known.name,
                value=leaf.value if isinstance(leaf.value, (str, bool)) else None,
                operator="is",
                answer=word(leaf.answer),
                state=leaf.state,
                text=f"{known.name}: {held}{wanted}",
            )
        case Has(kind, term, _, _):
            answer = {True: "on the list", False: "not there", None: "not known"}[leaf.answer]
            title = name_of(f"{kind}:{term}")
            return Comparison(
                rule=name,
                variable=f"{kind}:{term}",
                name=title,
                value=leaf.answer,
                operator="has",
                answer=word(leaf.answer),
                state=leaf.state,
                text=f"{title}: {answer}",
            )
        case _:
            return Comparison(
                rule=name, variable="", name=name, value=None, answer=word(leaf.answer), state=leaf.state, text=name
            )


def _compare_text(leaf: Trace, rule: Compare, limits: list[float], estimated: Chance | None) -> str:
    known = quantities()[rule.variable]
    line = _line(leaf, rule, limits)
    if leaf.state == "unable":
        counts = {True: "which counts as yes", False: "which counts as no", None: "which settles nothing"}[leaf.answer]
        return f"{known.name} could not be done, {counts} ({line})"
    if estimated is not None:
        chance = f"{percent(estimated.printed)} likely to lie below {estimated.cutoff:g} {known.shown_unit}".strip()
        if estimated.elsewhere is not None and percent(estimated.elsewhere) != percent(estimated.printed):
            chance += f" ({percent(estimated.elsewhere)} by the error found in other people)"
        return f"{known.name} about {shown(rule.variable, estimated.value)} by estimate, not measured: {chance}"
    if leaf.value is None:
        return f"{known.name} is not known (asked: {line})"
    value = shown(rule.variable, leaf.value, apart_from=leaf.cutoff)
    if leaf.state == "unverified":
        return f"{known.name} {value}; the line ({line}) was never read in its source, so it decides nothing"
    if leaf.answer is None:
        return f"{known.name} {value}: the line is {line}, depending on {_depends(rule)}"
    return f"{known.name} {value} is {'' if leaf.answer else 'not '}{line}"


def percent(chance: float) -> str:
    """A chance as people write it; never 0 or 100 %."""
    text = f"{100 * chance:.0f}"
    return {"0": "less than 1 %", "100": "more than 99 %"}.get(text, f"{text} %")


def _line(leaf: Trace, rule: Compare, limits: list[float]) -> str:
    """The line of a comparison: 'below 27 kg'; every line that may apply where something unknown decides."""
    limit = f"{leaf.cutoff:g}" if leaf.cutoff is not None else " or ".join(f"{one:g}" for one in limits)
    return f"{BELOW[rule.operator]} {limit} {quantities()[rule.variable].shown_unit}".strip()


def _depends(rule: Compare) -> str:
    return " and ".join(name_of(variable) for variable in rule.depends_on) or "what is not known"


_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


_NAMED = re.compile(r"^(?P<about>.*?) \((?P<inside>[^)]*)\)(?P<rest>.*)$")


def short_title(title: str) -> str:
    """A definition's title for a row of them: 'SDOC (2020)' -> 'SDOC 2020', 'Frailty (Fried 2001)' -> 'Fried 2001'."""
    found = _NAMED.match(title)
    if not found:
        return title
    inside = found["inside"]
    return f"{found['about']} {inside}" if inside.isdigit() else inside


def listed(items: Sequence[str], joiner: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joiner} {items[-1]}" if items else ""


def stage_title(found: Classification) -> str:
    """The title of the stage; where none is established, how far it may reach."""
    titles = {stage.id: stage.title for stage in found.definition.stages}
    if found.stage in titles:
        return titles[found.stage]
    if found.stage == NOT_APPLICABLE:
        return "not made for this person"
    return f"cannot be told yet (up to: {titles[found.up_to]})" if found.up_to in titles else "cannot be told yet"


def device_name(method: str) -> str:
    """A value of alm_method as people say it: 'DXA (Lunar)', 'bioimpedance'."""
    kind, _, make = method.partition("_")
    spoken = {"dxa": "DXA", "bia": "bioimpedance", "anthropometric": "body measurements"}.get(kind, kind)
    return f"{spoken} ({make.capitalize()})" if make else spoken


def fill_in(text: str, facts: Facts) -> str:
    """Put values into a text with {variable} in braces."""

    def value(match: re.Match[str]) -> str:
        known = facts.values.get(match[1])
        if known is None:
            return "an unknown"
        if isinstance(known, (int, float)) and not isinstance(known, bool):
            return number(float(known), quantities()[match[1]].resolution if match[1] in quantities() else None)
        return shown(match[1], known)

    return _PLACEHOLDER.sub(value, text)
