"""Why one definition says yes and another no of the same person: the deciding comparisons of both, side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from myoscope.definitions import Definition
from myoscope.quantities import quantities, terms
from myoscope.rules import Compare, Has, Is, Trace, deciding
from myoscope.rules.tree import Rule, When, walk

_FEW = 2
"""A longer list of devices or ancestries is left out of a sentence."""
_SAYS = {"<": "below", "<=": "at or below", ">": "above", ">=": "at or above"}
_DENIES = {"<": "at or above", "<=": "above", ">": "at or below", ">=": "below"}


@dataclass(frozen=True, slots=True)
class Reason:
    """What explains a disagreement: `text` for people; kind edge | other_measure | extra_condition | mixed."""

    kind: str
    text: str


def reason(yes: Definition, met: Sequence[Trace], no: Definition, refused: Sequence[Trace]) -> Reason:
    """Lay the comparisons that refused beside those that were met.

    Args:
        yes: the definition that finds the case.
        met: what decided there.
        no: the definition that does not.
        refused: what decided there.

    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    for leaf in refused:
        kind, text, ending = _against(leaf, met, yes, no)
        found.setdefault((kind, ending), {})[text] = None
    kinds = {kind for kind, _ in found}
    texts = [f"{' and '.join(sorted(some))}{ending}" for (_, ending), some in found.items()]
    return Reason(kinds.pop() if len(kinds) == 1 else "mixed", "; ".join(sorted(texts)))


def decided(trace: Trace) -> tuple[Trace, ...]:
    """The deciding comparisons, each once, without the person's own values: the same for all who were decided so."""
    bare = (dataclasses.replace(leaf, value=None, parts=()) for leaf in deciding(trace))
    return tuple(dict.fromkeys(bare))


def _against(leaf: Trace, met: Sequence[Trace], yes: Definition, no: Definition) -> tuple[str, str, str]:
    """One comparison that refused, with what the other definition saw there: kind, text, and how the sentence ends."""
    same = [other for other in met if _variable(other.rule) == _variable(leaf.rule)]
    if same and isinstance(leaf.rule, Compare):
        return "edge", _edge(same[0], leaf, leaf.rule), ""
    component = _component(no, leaf.rule)
    others = [other for other in met if component and _component(yes, other.rule) == component]
    if others:
        seen = " and ".join(dict.fromkeys(said(other) for other in others))
        return "other_measure", f"{seen} counts there, but {said(leaf)}", ""
    asked = (other for stage in yes.stages if stage.rule for other in walk(stage.rule))
    if any(_variable(leaf.rule) == _variable(other) for other in asked):
        return "extra_condition", said(leaf), f", which {yes.title} does not need here"
    return "extra_condition", said(leaf), f", which only {no.title} asks for"


def _edge(met: Trace, refused: Trace, rule: Compare) -> str:
    """'grip strength from 27 to below 35.5 kg (men)': between the two cut-offs of one variable."""
    other = met.rule
    if not isinstance(other, Compare) or refused.cutoff is None or met.cutoff is None or refused.state == "unable":
        return f"{said(met)}, but {said(refused)}"
    name, unit = quantities()[rule.variable].name, quantities()[rule.variable].shown_unit
    who = _who(rule, refused.cutoff) or _who(other, met.cutoff)
    if refused.cutoff == met.cutoff:
        return f"{name} of exactly {met.cutoff:g} {unit}".rstrip() + who
    ends = sorted([(refused.cutoff, _DENIES[rule.operator]), (met.cutoff, _SAYS[other.operator])])
    (low, from_), (high, to) = ends
    start = "from" if from_ == "at or above" else "above"
    stop = "to below" if to == "below" else "to"
    return f"{name} {start} {low:g} {stop} {high:g} {unit}".rstrip() + who


def _who(rule: Compare, value: float) -> str:
    """For whom this cut-off holds, where the rule has others for other people."""
    if len(rule.cutoffs) < 2:
        return ""
    named = dict.fromkeys(for_whom(cutoff.when) for cutoff in rule.cutoffs if cutoff.value == value)
    return f" ({' or '.join(named)})" if all(named) else ""


def for_whom(when: When) -> str:
    """'men', 'women, 65 and over', 'asian, bia'; nothing where it holds for everybody."""
    words = {"male": "men", "female": "women"}
    found = [
        " or ".join(words.get(value, value.replace("_", " ")) for value in sorted(allowed))
        for _, allowed in sorted(when.allowed, key=lambda pair: pair[0] != "sex")
        if len(allowed) <= _FEW
    ]
    if when.age and when.age.start is not None and when.age.below is not None:
        found.append(f"{when.age.start:g} to below {when.age.below:g} years")
    elif when.age and when.age.start is not None:
        found.append(f"{when.age.start:g} years and over")
    elif when.age and when.age.below is not None:
        found.append(f"below {when.age.below:g} years")
    return ", ".join(found)


def _variable(rule: Rule) -> str:
    match rule:
        case Compare(variable, _, _, _, _) | Is(variable, _):
            return variable
        case Has(kind, term, _, _):
            return f"{kind}:{term}"
        case _:
            return ""


def _component(definition: Definition, rule: Rule) -> str | None:
    """The component of the definition that this comparison belongs to."""
    return next((name for name, part in definition.components.items() if rule in walk(part)), None)


def said(leaf: Trace) -> str:
    """A deciding leaf in words: 'gait speed above 0.8 m/s', 'grip strength could not be tested'."""
    match leaf.rule:
        case Compare(variable, operator, _, _, _):
            known = quantities()[variable]
            if leaf.state == "unable":
                return f"{known.name} could not be tested"
            if leaf.answer is None:
                return f"{known.name}, whichever of its cut-offs holds"
            words = (_SAYS if leaf.answer else _DENIES)[operator]
            limit = " or ".join(f"{cutoff:g}" for cutoff in leaf.possible) or "its cut-off"
            who = _who(leaf.rule, leaf.cutoff) if leaf.cutoff is not None else ""
            return f"{known.name} {words} {limit} {known.shown_unit}".rstrip() + who
        case Is(variable, values):
            shown = " or ".join(sorted("yes" if v is True else "no" if v is False else str(v) for v in values))
            return f"{quantities()[variable].name} {'is' if leaf.answer else 'is not'} {shown.replace('_', ' ')}"
        case Has(kind, term, _, _):
            return f"{'has' if leaf.answer else 'has no'} {terms(kind)[term].name}"
        case _:
            return "another rule"
