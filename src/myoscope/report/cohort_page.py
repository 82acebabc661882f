"""The report of a cohort: one HTML page with its pictures, every figure as CSV, methods, references, configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment

from myoscope.cohort.agreement import Agreement, Pair
from myoscope.cohort.figures import CohortFigures, Ends
from myoscope.cohort.prevalence import Prevalence, band_names
from myoscope.cohort.survey import Proportion
from myoscope.cohort.unknowns import Needed, Open, needed
from myoscope.cohort.what_if import Moved, Reading
from myoscope.definitions import Definition
from myoscope.quantities import quantities
from myoscope.report import cohort_charts as charts
from myoscope.report import wording
from myoscope.report.cohort_methods import bibtex, comparisons, methods, readings, sources
from myoscope.report.cohort_tables import tables
from myoscope.report.page import safe_link, stylesheet
from myoscope.report.template import TEMPLATES, environment
from myoscope.report.verdicts import variable_name

GROUPS = {
    "sarcopenia": "Sarcopenia",
    "muscle_mass": "Low muscle mass",
    "nutrition": "Malnutrition",
    "cachexia": "Cachexia",
    "obesity": "Sarcopenic obesity",
    "frailty": "Frailty",
    "screen": "Screens",
}
SEXES = {"female": "Women", "male": "Men"}
LEVELS = {"case": "the disease itself", "any": "any stage above the absence"}
_COMBINATIONS, _DISAGREEMENTS, _REASONS, _NEEDED = 12, 6, 5, 12
"""How many of a long list the page shows; the CSV files hold all."""


def write_report(figures: CohortFigures, directory: Path, *, title: str, config_text: str) -> list[Path]:
    """Write the report's files.

    Args:
        figures: what `cohort.figures.figures` found.
        directory: where to; made if it is not there.
        title: of the page, for example the table's name.
        config_text: the configuration that reruns exactly this.

    Returns:
        the files written, the page first.

    """
    works = sources(figures)
    texts = {
        "index.html": render(figures, title=title, config_text=config_text),
        "methods.txt": methods(figures),
        "references.bib": bibtex(works),
        "config.yaml": config_text,
    }
    texts |= {f"figures/{table.name}.csv": table.csv() for table in tables(figures)}
    written = []
    for name, text in texts.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def render(figures: CohortFigures, *, title: str, config_text: str) -> str:
    """The page, with its style and pictures inside: no request leaves it, no script runs in it."""
    answered = [d for d in figures.definitions if _answers(figures, d.id)]
    pictures = _Pictures(figures, {d.id: d for d in figures.definitions})
    values = {
        "f": figures,
        "title": title,
        "css": stylesheet() + (TEMPLATES / "cohort.css").read_text(encoding="utf-8"),
        "answered": answered,
        "silent": [d for d in figures.definitions if d not in answered],
        "lacks": {one.definition: _lacks(one) for one in figures.open},
        "shown": _DISAGREEMENTS,
        "short": pictures.short(answered),
        "p": pictures,
        "groups": _grouped(answered),
        "agreements": [one for one in figures.agreement if pictures.compared(one)],
        "works": sources(figures),
        "methods": methods(figures),
        "config": config_text,
        "names": {d.id: d.title for d in figures.definitions},
        "group_names": GROUPS,
        "levels": LEVELS,
    }
    return _environment().get_template("cohort.html.j2").render(values)


@cache
def _environment() -> Environment:
    made = environment()
    made.globals.update(wording=wording, comparisons=comparisons, readings=readings, sexes=SEXES)
    made.filters.update(
        percent=charts.percent,
        count=lambda number: f"{number:,}",
        name=variable_name,
        safe_link=safe_link,
        capitalize_first=wording.capitalize_first,
        share=share_words,
        two=lambda number: "–" if number is None else f"{number:.2f}".replace("-0.00", "0.00"),
        needs=needs_words,
    )
    return made


def share_words(one: Proportion) -> str:
    """'1.8 % (1.3–2.5)', with an asterisk where NCHS would not print it."""
    if one.value is None or one.low is None or one.high is None:
        return "–"
    low, high = (charts.percent(end).removesuffix(" %") for end in (one.low, one.high))
    return f"{charts.percent(one.value)} ({low}–{high}){'' if one.reliable else ' *'}"


def needs_words(needs: Iterable[str]) -> str:
    """What is missing, in words."""
    return wording.capitalize_first(wording.listed([variable_name(one) for one in needs]))


def _answers(figures: CohortFigures, name: str) -> bool:
    """Whether the table lets the definition say anything of anybody."""
    ends = next(one for one in figures.ends if one.definition == name)
    return ends.settled + ends.partly > 0


def _lacks(one: Open) -> str:
    """What the rows that a definition cannot answer lack most, in words."""
    return needs_words(one.missing[0].needs) if one.missing else ""


def _grouped(definitions: Sequence[Definition]) -> dict[str, list[Definition]]:
    found: dict[str, list[Definition]] = {}
    for name in GROUPS:
        if some := [one for one in definitions if one.group == name]:
            found[name] = some
    return found


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The figures turned into pictures and sentences for the page."""

    figures: CohortFigures
    known: dict[str, Definition]

    def case(self, name: str) -> str:
        """The title of the stage from which a row counts as a case."""
        return next(stage.title for stage in self.known[name].stages if stage.id == self.figures.cases[name])

    def _case_share(self, group: Prevalence) -> charts.Share:
        stage = next(one for one in group.stages if one.stage == self.figures.cases[group.definition])
        one, low, high = stage.known, stage.lowest.value, stage.highest.value
        open_ = (low, high) if low is not None and high is not None and high > low else None
        label = self.known[group.definition].title
        return charts.Share(label, one.value, one.low, one.high, open_, share_words(one), one.reliable)

    def ends(self) -> str:
        """Where the rows end, under each definition."""

        def counts(one: Ends) -> tuple[int, ...]:
            return one.settled, one.partly, one.unknown, one.not_applicable

        rows = [charts.Parts(self.known[one.definition].title, counts(one)) for one in self.figures.ends]
        return charts.split_bars("Where the rows end", rows)

    def overall(self, definitions: Sequence[Definition]) -> str:
        """The case stage of several definitions among everybody."""
        rows = [self._case_share(self.figures.prevalence[one.id][0]) for one in definitions]
        return charts.share_rows("How many have it", rows)

    def by_age(self, name: str) -> str:
        """One definition by sex and age band; nothing where there is only one band."""
        groups = [g for g in self.figures.prevalence[name] if g.band and g.sex]
        bands = [band for band in band_names() if any(g.band == band for g in groups)]
        lines = [
            charts.AgeLine(SEXES[sex], [(g.band, self._case_share(g)) for g in groups if g.sex == sex and g.band])
            for sex in SEXES
            if any(g.sex == sex for g in groups)
        ]
        return charts.age_lines(f"{self.known[name].title} by age and sex", bands, lines) if len(bands) > 1 else ""

    def compared(self, one: Agreement) -> list[Pair]:
        """The pairs that share at least one row."""
        return [pair for pair in one.pairs if pair.n]

    def overlap(self, one: Agreement, level: str) -> str:
        """Who is a case by which definitions together."""
        found = [c for c in one.combinations[level] if c.definitions and c.rows][:_COMBINATIONS]
        if not found:
            return ""
        used = [name for name in one.definitions if any(name in c.definitions for c in found)]
        names = [(name, self.known[name].title) for name in used]
        columns = [charts.Overlap(frozenset(c.definitions), c.rows, c.sure) for c in found]
        return charts.overlap("Cases shared between definitions", names, columns)

    def disagreements(self, one: Agreement, level: str) -> list[tuple[str, str, int, list[tuple[str, int]], int]]:
        """(yes by, no by, rows, [(what decided, rows)], rows of other reasons), the largest first."""
        found = []
        for pair in one.pairs:
            for side in pair.disagreements if pair.level == level else ():
                top = [(why.text, rows) for why, rows in side.reasons[:_REASONS]]
                rest = side.rows - sum(rows for _, rows in top)
                found.append((self.known[side.yes].title, self.known[side.no].title, side.rows, top, rest))
        return sorted(found, key=lambda row: -row[2])

    def moves(self, name: str) -> list[Moved]:
        """The cut-offs whose moving changes anything, the strongest first."""
        moved = [one for one in self.figures.moved[name] if one.swing > 0 or one.on_edge]
        return sorted(moved, key=lambda one: -one.swing)

    def swings(self, name: str) -> str:
        """A picture of these."""
        rows = []
        for one in self.moves(name):
            if not one.swing:
                continue
            other = "" if one.stage == self.figures.cases[name] else f" ({one.stage.replace('_', ' ')})"
            whom = f"{one.whom}: " if one.whom else ""
            label = wording.capitalize_first(f"{whom}{quantities()[one.variable].name}{other}")
            values = [f"{point.cutoff:g}" for point in one.points]
            shares = [point.lowest or 0.0 for point in one.points]
            printed = next(at for at, point in enumerate(one.points) if point.cutoff == one.cutoff)
            rows.append(charts.Swing(label, values, shares, printed))
        return charts.swings(f"{self.known[name].title}: each cut-off moved", rows) if rows else ""

    def other_paths(self, name: str) -> list[Reading]:
        """The readings that change the case stage, each beside the one that was used."""
        case = self.figures.cases[name]
        here = [one for one in self.figures.readings[name] if one.stage == case]
        used = {one.path: (one.lowest, one.highest) for one in here if one.default}
        changed = {one.path for one in here if (one.lowest, one.highest) != used.get(one.path)}
        return [one for one in here if one.path in changed]

    def most_needed(self) -> list[Needed]:
        """What would settle most open answers of the definitions that the table answers for somebody."""
        found = needed([one for one in self.figures.open if _answers(self.figures, one.definition)])
        return [one for one in found if one.possibly]

    def needed(self) -> str:
        """A picture of these."""
        most = self.most_needed()[:_NEEDED]
        rows = [charts.Settles(needs_words(one.needs), one.surely, one.possibly) for one in most]
        return charts.settle_bars("What would settle most open answers", rows) if rows else ""

    def short(self, answered: Sequence[Definition]) -> list[str]:
        """The answer in a few lines."""
        return [
            line for line in (self._range(answered), self._least(), self._strongest(answered), self._first()) if line
        ]

    def _range(self, answered: Sequence[Definition]) -> str:
        lines = []
        for name, some in _grouped(answered).items():
            shares = [self._case_share(self.figures.prevalence[one.id][0]) for one in some]
            known = sorted((s for s in shares if s.value is not None), key=lambda s: s.value or 0)
            if len(known) > 1:
                low, high = known[0], known[-1]
                ends = (
                    f"from {charts.percent(low.value)} by {low.label} to {charts.percent(high.value)} by {high.label}"
                )
                lines.append(f"{GROUPS[name].lower()} {ends}")
            elif known:
                lines.append(f"{GROUPS[name].lower()} {charts.percent(known[0].value)} by {known[0].label}")
        return (
            wording.capitalize_first("; ".join(lines) + " (among the people whose answer is settled).") if lines else ""
        )

    def _least(self) -> str:
        pairs = [
            p for one in self.figures.agreement for p in one.pairs if p.level == "case" and p.kappa.value is not None
        ]
        if not pairs:
            return ""
        worst = min(pairs, key=lambda pair: pair.kappa.value or 0.0)
        told = f"Least agreement: {self.known[worst.first].title} and {self.known[worst.second].title}"
        told += f" (kappa {worst.kappa.value:.2f})"
        reasons = [(why.text, rows, side.rows) for side in worst.disagreements for why, rows in side.reasons]
        if not reasons:
            return f"{told}."
        text, rows, _ = max(reasons, key=lambda one: one[1])
        return f"{told}; most often because of {text} ({rows:,} rows)."

    def _strongest(self, answered: Sequence[Definition]) -> str:
        moves = [m for one in answered for m in self.figures.moved[one.id] if m.stage == self.figures.cases[one.id]]
        if not moves or max(m.swing for m in moves) == 0:
            return ""
        most = max(moves, key=lambda m: m.swing)
        first, last = most.points[0], most.points[-1]
        whom = f" ({most.whom})" if most.whom else ""
        return (
            f"The cut-off that matters most: {quantities()[most.variable].name}{whom} in "
            f"{self.known[most.definition].title}. Moved from {first.cutoff:g} to {last.cutoff:g} {most.unit}, "
            f"the share goes from {charts.percent(first.lowest)} to {charts.percent(last.lowest)}."
        )

    def _first(self) -> str:
        if not (ranked := self.most_needed()):
            return ""
        most = ranked[0]
        return (
            f"What would settle most open answers: {needs_words(most.needs)} ({most.surely:,} for sure, "
            f"{most.possibly:,} perhaps, over {wording.plural(len(most.definitions), 'definition')})."
        )
