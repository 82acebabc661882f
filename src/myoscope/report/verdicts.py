"""What the definitions say, side by side: sorted, grouped, cut to what a reader needs; for terminal and page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from myoscope.assess.disagreements import BODY_SIZE
from myoscope.assess.result import Assessment, Comparison, Converted, DefinitionResult, NextMeasurement
from myoscope.assess.words import device_name, name_of, short_title
from myoscope.definitions.catalogue import NOT_APPLICABLE, UNKNOWN, files
from myoscope.quantities import KINDS, quantities, terms
from myoscope.report.wording import DEFINITION_GROUPS, listed, plural, value_text, word

_MOST_SHOWN = 4
_MOST_NEEDS = 6
_ROW = 3
"""From so many questions of one kind on, the list is named instead of each."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage of a definition's ladder. state: reached | open (missing data leave it open) | not_reached."""

    title: str
    state: str
    here: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The definitions by what they say: `silent` ones have nothing to go on, `outside` ones are not for this person."""

    found: dict[str, DefinitionResult]
    open: dict[str, DefinitionResult]
    clear: dict[str, DefinitionResult]
    silent: dict[str, DefinitionResult]
    outside: dict[str, DefinitionResult]


def verdicts(assessment: Assessment) -> Verdicts:
    """Sort the definitions: something found, open, nothing found, nothing to go on, not for this person."""
    told = Verdicts({}, {}, {}, {}, {})
    for name, result in assessment.definitions.items():
        getattr(told, kind(name, result))[name] = result
    return told


def kind(name: str, result: DefinitionResult) -> str:
    """Which it is: found | open | clear | silent | outside: the field of `Verdicts` that a definition belongs to."""
    if result.stage == NOT_APPLICABLE:
        return "outside"
    if result.stage == UNKNOWN:
        known = any(answer is not None for answer in result.components.values()) or any(
            map(_measured, result.comparisons)
        )
        return "open" if known or any(other.differs for other in result.other_paths) else "silent"
    if result.stage == first_stage(name, result):
        return "clear" if result.stage == result.up_to else "open"
    return "found"


def _measured(one: Comparison) -> bool:
    """Whether a number of the definition's own is there; what everybody has says nothing by itself."""
    return one.operator in _NUMBERS and one.state in {"known", "unable", "estimate"} and one.variable not in _EVERYBODY


_NUMBERS = frozenset({"<", "<=", ">", ">="})
_EVERYBODY = BODY_SIZE | {"age_years"}


def sections(assessment: Assessment) -> dict[str, list[tuple[str, DefinitionResult, str]]]:
    """Group in words -> (id, answer, kind) of every definition that has something to say; what it finds comes first."""
    order = ("found", "open", "clear")
    found: dict[str, list[tuple[str, DefinitionResult, str]]] = {title: [] for title in DEFINITION_GROUPS.values()}
    for name, result in assessment.definitions.items():
        if (said := kind(name, result)) in order:
            found[DEFINITION_GROUPS[result.group]].append((name, result, said))
    return {title: sorted(rows, key=lambda row: order.index(row[2])) for title, rows in found.items() if rows}


def silence(assessment: Assessment) -> str:
    """One line for all definitions with nothing to go on: who they are and what they need."""
    told = verdicts(assessment)
    screens = [short_title(one.title) for one in told.silent.values() if one.group == "screen"]
    needed: dict[str, list[str]] = {}
    for result in told.silent.values():
        if result.group != "screen":
            needed.setdefault(needs(result.missing, most=2), []).append(short_title(result.title))
    rows = [f"{what or 'more'} ({listed(titles)})" for what, titles in needed.items()]
    if len(rows) > _MOST_SHOWN:
        lacked = Counter(name_of(key) for result in told.silent.values() for key in dict.fromkeys(result.missing))
        rows = [f"first of all {listed([name for name, _ in lacked.most_common(_MOST_SHOWN)])}"]
    rows += [f"the answers that {listed(screens)} ask{'s' if len(screens) == 1 else ''} for"] if screens else []
    parts = [f"{len(told.silent)} more need{'s' if len(told.silent) == 1 else ''}: {'; '.join(rows)}"] if rows else []
    if told.outside:
        parts.append(f"Not made for this person: {listed([one.title for one in told.outside.values()])}")
    return ". ".join(parts)


def needs(missing: list[str], *, most: int = _MOST_NEEDS) -> str:
    """What an open answer lacks, in words; a row of illnesses is 'the list of conditions'."""
    names: dict[str, None] = {}
    for plain_kind, plural_kind in KINDS.items():
        asked = [name for name in missing if name.startswith(f"{plain_kind}:")]
        if len(asked) >= _ROW:
            names[f"the list of {plural_kind}"] = None
            missing = [name for name in missing if name not in asked]
    found = [*dict.fromkeys(name_of(name) for name in missing), *names]
    return listed(found) if len(found) <= most + 1 else f"{', '.join(found[:most])} and {len(found) - most} more"


def first_stage(name: str, result: DefinitionResult) -> str:
    """The stage that means 'nothing found'; one not in the catalogue found nothing if no component is true."""
    entry = files().get(name)
    if entry is not None:
        return str(entry["stages"][0]["id"])
    return "" if any(result.components.values()) else result.stage


def ladder(name: str, result: DefinitionResult) -> list[Rung]:
    """The stages of a definition from the first to the last, with how far this person's answer reaches."""
    titles = stage_titles(name)
    ids = list(titles)
    if result.up_to not in ids:
        return []
    reached = ids.index(result.stage) if result.stage in ids else -1
    reach = ids.index(result.up_to)
    return [
        Rung(title, "reached" if at <= reached else "open" if at <= reach else "not_reached", at == reached)
        for at, title in enumerate(titles.values())
    ]


def stage_titles(name: str) -> dict[str, str]:
    """The titles of a definition's stages by id; none for a definition that is not in the catalogue."""
    entry = files().get(name)
    return {str(stage["id"]): str(stage.get("title", stage["id"])) for stage in entry["stages"]} if entry else {}


def up_to_title(name: str, result: DefinitionResult) -> str:
    """The title of the highest stage that is still open."""
    return stage_titles(name).get(result.up_to) or word({}, result.up_to)


def spoken(name: str, stage: str, up_to: str) -> str:
    """A stage and its reach in words: 'Probable sarcopenia (up to: Severe sarcopenia)'."""
    titles = {UNKNOWN: "cannot be told yet", NOT_APPLICABLE: "not made for this person"} | stage_titles(name)
    reach = f" (up to: {word(titles, up_to)})" if up_to != stage else ""
    return word(titles, stage) + reach


def decided(result: DefinitionResult) -> list[Comparison]:
    """The comparisons to show: what decided; where nothing has, what is known so far, the worse news first."""
    known = [one for one in result.deciding if one.answer != "unknown"]
    if result.stage == UNKNOWN or not known:
        so_far = sorted(result.so_far, key=lambda one: (one.answer != "yes", one.operator not in _NUMBERS))
        known += [one for one in so_far if one not in known]
    guessed = [one for one in result.comparisons if one.state == "estimate" and one not in known]
    return [*known[:_MOST_SHOWN], *guessed]


def other_readings(name: str, result: DefinitionResult) -> list[str]:
    """A sentence for the other options of each path that end elsewhere; options that end alike share one."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for other in result.other_paths:
        if other.differs:
            found.setdefault((other.path, other.stage, other.up_to), []).append(other.option.replace("_", " "))
    return [
        f"Other reading of {path.replace('_', ' ')} ({listed(options, 'or')} instead of "
        f"{result.path.get(path, 'the usual').replace('_', ' ')}): {spoken(name, stage, up_to)}"
        for (path, stage, up_to), options in found.items()
    ]


def if_converted(name: str, result: DefinitionResult) -> list[str]:
    """A sentence for each published conversion of the muscle mass: what would follow if it were applied."""
    return [_converted(name, result, one) for one in result.if_converted]


def _converted(name: str, result: DefinitionResult, one: Converted) -> str:
    value = value_text(one.value, one.unit, "alm_kg")
    same = (one.stage, one.up_to) == (result.stage, result.up_to)
    then = "the answer would be the same" if same else f"the answer would be: {spoken(name, one.stage, one.up_to)}"
    caution = f" ({one.cautions[0].partition('. ')[0]})" if one.cautions else ""
    device = device_name(one.device)
    return f"By {one.source.short} the muscle mass would be about {value} on {device}, and then {then}{caution}"


def brings(step: NextMeasurement) -> str:
    """What a next measurement is good for: 'settles SDOC 2020; helps with Fried 2001; bears on Type 2 diabetes'."""
    rows = (("settles", step.settles), ("helps with", step.helps), ("bears on", step.causes))
    return "; ".join(f"{verb} {_few([short_title(title) for title in titles])}" for verb, titles in rows if titles)


def cutoffs_of(assessment: Assessment, variable: str) -> list[tuple[float, str]]:
    """(cut-off, title of the definition) for every definition that compares this variable, lowest first."""
    found = set()
    for result in assessment.definitions.values():
        if result.stage == NOT_APPLICABLE or result.group == "screen":
            continue
        rows = [one for one in result.comparisons if one.variable == variable and one.cutoff is not None]
        used = {(one.rule, one.cutoff) for one in (*result.deciding, *result.so_far) if one.variable == variable}
        # of several lines (light people, heavy people) those that were used
        found |= {
            (one.cutoff, short_title(result.title))
            for one in rows
            if one.cutoff is not None and (len(rows) == 1 or not used or (one.rule, one.cutoff) in used)
        }
    return sorted(found)


def variable_name(name: str) -> str:
    """A missing thing in words: the name of a variable, condition, symptom or medicine ('condition:x' or 'x')."""
    known = quantities().get(name)
    if known is not None:
        return known.name
    bare = name.rpartition(":")[2]
    for one in KINDS:
        if (term := terms(one).get(bare)) is not None:
            return term.plain or term.name
    return bare.replace("_", " ")


def summary(assessment: Assessment) -> str:
    """How many definitions find something, what, and how many nothing or not yet."""
    told = verdicts(assessment)
    found, clear, unclear = (len(group) for group in (told.found, told.clear, told.open))
    asked = plural(found + clear + unclear, "definition")
    if not found + clear + unclear:
        return "Not known yet: nothing measured so far lets any definition answer."
    parts = []
    if found:
        parts.append(f"{found} of {asked} with data {'finds' if found == 1 else 'find'} something: {_findings(told)}")
    if clear:
        none = f"none of {asked} with data finds anything"
        parts.append(f"{clear} {'finds' if clear == 1 else 'find'} nothing" if found or unclear else none)
    if unclear:
        so_far = "" if found else _so_far(told)
        parts.append(f"{so_far}{plural(unclear, 'definition')} need{'s' if unclear == 1 else ''} more to answer")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _findings(told: Verdicts) -> str:
    by_title: dict[str, list[str]] = {}
    for result in told.found.values():
        by_title.setdefault(result.stage_title, []).append(short_title(result.title))
    said = [f"{title} ({_few(titles)})" for title, titles in by_title.items()]
    return _few(said)


def _few(items: list[str]) -> str:
    more = len(items) - _ROW
    return listed(items) if more <= 1 else f"{', '.join(items[:_ROW])} and {more} more"


def _so_far(told: Verdicts) -> str:
    """What the open definitions have seen: what is low by them, or that nothing is."""
    low: dict[str, list[str]] = {}
    for result in told.open.values():
        for component, answer in result.components.items():
            if answer and component.startswith("low"):
                low.setdefault(component.replace("_", " "), []).append(short_title(result.title))
    if low:
        return "; ".join(f"{component} by {_few(titles)}" for component, titles in low.items()) + "; "
    calm = not any(c.answer == "yes" for result in told.open.values() for c in result.comparisons)
    return "what was measured is normal so far, " if calm else ""
