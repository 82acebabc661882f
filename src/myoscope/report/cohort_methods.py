"""The methods of a cohort report as a paragraph to paste, and its references as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable

from myoscope.cohort.figures import CohortFigures
from myoscope.cohort.reasons import for_whom
from myoscope.definitions import Definition
from myoscope.quantities import quantities
from myoscope.report.wording import READ_MEANINGS, capitalize_first, listed, plural
from myoscope.rules import Compare
from myoscope.rules.tree import walk
from myoscope.sources import Citation, Source, bibliography


def method_source(name: str) -> Source:
    """A work behind the statistics."""
    return bibliography()[name]


def comparisons(definition: Definition) -> list[str]:
    """The cut-offs that tell the stages: 'grip strength < 27 kg (men), < 16 kg (women)'."""
    found: dict[str, None] = {}
    for leaf in _leaves(definition):
        known = quantities()[leaf.variable]
        rows = []
        for cutoff in leaf.cutoffs:
            whom = for_whom(cutoff.when)
            unread = "" if cutoff.citation.may_decide else ", from memory: did not decide"
            note = f" ({whom}{unread})" if whom else f" ({unread.removeprefix(', ')})" if unread else ""
            rows.append(f"{leaf.operator} {cutoff.value:g} {known.shown_unit}".rstrip() + note)
        found[f"{known.name} {', '.join(rows)}"] = None
    return list(found)


def _leaves(definition: Definition) -> Iterable[Compare]:
    rules = (stage.rule for stage in definition.stages if stage.rule)
    return dict.fromkeys(node for rule in rules for node in walk(rule) if isinstance(node, Compare))


def readings(definition: Definition) -> str:
    """The paths that were taken: 'strength by grip; mass by alm height2'."""
    return "; ".join(f"{path} by {option.replace('_', ' ')}" for path, option in definition.choice.items())


def cited(definition: Definition) -> list[Citation]:
    """The definition's own citation and those of its cut-offs."""
    found = dict.fromkeys([definition.citation])
    found.update(dict.fromkeys(cutoff.citation for leaf in _leaves(definition) for cutoff in leaf.cutoffs))
    return list(found)


def methods(figures: CohortFigures) -> str:
    """The methods section, in whole sentences."""
    parts = [_rows(figures), _definitions(figures), _MISSING, _statistics(figures), _software(figures)]
    return "\n\n".join(parts) + "\n"


def _rows(figures: CohortFigures) -> str:
    steps = "; ".join(
        f"{capitalize_first(step.name)}, {step.rows:,}" + (f" ({step.reason})" if step.reason else "")
        for step in figures.flow.steps
    )
    text = f"Rows. {steps}."
    if figures.flow.problems:
        told = "; ".join(f"{p.text} [{p.code}]: {p.cells:,} cells in {p.rows:,} rows" for p in figures.flow.problems)
        text += f" Values that were not used: {told}."
    if figures.each > 1:
        text += (
            " Why definitions disagree, moved cut-offs and what is missing were looked at in one row of every "
            f"{figures.each}; those counts are multiplied by it."
        )
    return text


def _definitions(figures: CohortFigures) -> str:
    lead = (
        f"Definitions. {plural(len(figures.definitions), 'definition')} were applied to every row, to unrounded "
        "values, with the operators and cut-offs that each prints."
    )
    parts = [lead]
    for one in figures.definitions:
        source = bibliography()[one.citation.source]
        taken = f" Read along these paths: {readings(one)}." if one.choice else ""
        case = next(stage.title for stage in one.stages if stage.id == figures.cases[one.id])
        parts.append(
            f"{one.title} [{one.id}; {source.short}, {one.citation.place}; {READ_MEANINGS[one.citation.read]}]: "
            f"{'; '.join(comparisons(one)) or 'no numerical cut-off'}.{taken} "
            f"Counted as a case from the stage '{case}'."
        )
    return "\n".join(parts)


_MISSING = (
    "Missing values. Answers have three values: yes, no, unknown. A missing value matters only where the answer "
    "can depend on it; it is never taken as normal. A test that a person could not do is not missing: it counts "
    "as the definition's file says. For each stage three shares are given: those for whom it is established, over"
    " all people for whom the definition has cut-offs (the lowest possible prevalence); those for whom it is "
    "established or still open (the highest possible); and those who have it among the people for whom the "
    "question is settled."
)

_SIMPLE = (
    "Statistics. Every row counts once. Intervals are 95 % score intervals (Wilson 1927). Kappa (Cohen 1960) has "
    "a 95 % interval by the delta method."
)

_SURVEY = (
    "Statistics. The survey's {parts} were used. Variances are Taylor-linearised over {psus:,} first-stage units "
    "in {strata}, taken as drawn with replacement; groups of people are domains of the whole sample, so that "
    "units without a member count. Intervals are 95 % Korn-Graubard intervals (Korn and Graubard 1998), the "
    "effective sample size adjusted by the degrees of freedom (units less strata that hold the group). Kappa "
    "(Cohen 1960) has a linearised 95 % t interval."
)

_STANDARD = (
    " Proportions that fail the presentation standard of the US National Center for Health Statistics (Parker "
    "2017: fewer than 30 people or effective people, an interval at least 30 points wide, or one wider than 130 %"
    " of the share and over 5 points) are marked and should not be quoted. Counts of rows are not weighted."
)


def _statistics(figures: CohortFigures) -> str:
    design = figures.design
    if design.simple:
        return _SIMPLE + _STANDARD
    there = (("weights", design.weight), ("strata", design.stratum), ("clusters", design.cluster))
    strata = plural(figures.strata, "stratum", "strata")
    text = _SURVEY.format(parts=listed([word for word, has in there if has]), psus=figures.psus, strata=strata)
    if figures.single_psu_strata:
        single = plural(figures.single_psu_strata, "stratum", "strata")
        text += f" {single} had a single unit, which was centred at the grand mean."
    if figures.unplaced:
        text += f" {figures.unplaced:,} rows without a positive weight, a stratum or a cluster were left out."
    return text + _STANDARD


def _software(figures: CohortFigures) -> str:
    return (
        f"Software. Myoscope {figures.package}, knowledge base {figures.knowledge}. The file config.yaml beside this "
        "text runs exactly this again: myoscope cohort --config config.yaml"
    )


def sources(figures: CohortFigures) -> list[Source]:
    """Every work behind the figures, by id."""
    known = bibliography()
    used = {citation.source for one in figures.definitions for citation in cited(one)}
    names = {"parker_2017", "cohen_1960", "wilson_1927" if figures.design.simple else "korn_graubard_1998"}
    found = [known[name] for name in used if name in known and name != "myoscope_policy"]
    return sorted([*found, *(method_source(name) for name in names)], key=lambda source: source.id)


_JOURNAL = re.compile(r"^(?P<journal>.+?) (?P<year>\d{4});(?P<volume>[^:]+):(?P<pages>.+)$")
_PERSON = re.compile(r"^(?P<last>.+) (?P<initials>[A-Z]{1,4})$")
_SPECIAL = {"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}"}


def bibtex(works: Iterable[Source]) -> str:
    """The works as BibTeX entries."""
    return "\n".join(_entry(source) for source in works)


def _entry(source: Source) -> str:
    parsed = _JOURNAL.match(source.journal or "")
    fields = {"author": _authors(source.authors), "title": f"{{{_plain(source.title)}}}"}
    if parsed:
        fields |= {"journal": _plain(parsed["journal"]), "volume": _plain(parsed["volume"])}
        fields["pages"] = _plain(parsed["pages"]).replace("-", "--")
    elif source.journal:
        fields["howpublished"] = _plain(source.journal)
    if source.year:
        fields["year"] = str(source.year)
    if source.doi:
        fields["doi"] = source.doi
    if source.pmid:
        fields["note"] = f"PMID: {source.pmid}"
    if not source.doi and source.link:
        fields["url"] = source.link
    body = ",\n".join(f"  {name} = {{{text}}}" for name, text in fields.items())
    return f"@{'article' if parsed else 'misc'}{{{source.id},\n{body}\n}}\n"


def _authors(text: str) -> str:
    """'Chen LK, Woo J, et al.' -> 'Chen, L. K. and Woo, J. and others'; a body or a page keeps its name whole."""
    people, _, _ = text.partition(";")
    names = [name.strip() for name in people.split(",") if name.strip()]
    found = []
    for name in names:
        person = _PERSON.match(name)
        if name.startswith("et al"):
            found.append("others")
        elif person:
            found.append(f"{_plain(person['last'])}, {' '.join(f'{letter}.' for letter in person['initials'])}")
        else:
            return f"{{{_plain(text)}}}"
    return " and ".join(found)


def _plain(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
