"""One entry of the knowledge base as a page: plain words, how it is recognised, detail, sources, what it leads to.

Every face (web, terminal, JSON) says what stands here; nothing of a file is left out: what no section asks for is said
under "For professionals".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from myoscope.quantities import quantities
from myoscope.report.entry_index import (
    KIND_TITLES,
    Entry,
    Ref,
    authorship,
    entry,
    kind_title,
    mentioned_by,
    mentions,
    source_of,
)
from myoscope.report.entry_lines import EntryPage, Line, Section, say
from myoscope.report.entry_parts import Teller
from myoscope.report.entry_values import above_all, label
from myoscope.report.wording import READ_MEANINGS, capitalize_first, listed, plural
from myoscope.sources import Citation, citation, table
from myoscope.sources.files import ROOT

_SECTIONS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "causes": (
        ("recognised", "How it is recognised", ("for",)),
        ("against", "What speaks against it", ("against",)),
        ("find-out", "What to find out, the easiest first", ("needs", "next", "confirm")),
        ("cost", "How much muscle it costs, and whether it comes back", ("effect", "reversible")),
        ("helps", "What helps", ("treatments",)),
    ),
    "treatments": (
        ("whom", "For whom", ("for_causes", "prescribe", "opens", "already")),
        ("dose", "How much", ("dose",)),
        ("effect", "What to expect", ("effect", "certainty", "certainty_note")),
        ("safety", "When not, and when with care", ("gates", "gates_shared")),
        ("watch", "What to watch, and when to stop", ("monitoring", "stop_rules")),
    ),
    "flags": (
        ("do", "What to do", ("tier", "see", "blocks", "why")),
        ("recognised", "When it is raised", ("present", "unless", "asks")),
    ),
    "definitions": (
        ("recognised", "What it looks at", ("components",)),
        ("stages", "What it calls what it finds", ("stages", "finding_outside_stages")),
        ("paths", "Where the paper leaves a choice", ("paths",)),
        ("people", "For whom", ("applies", "made_for", "devices", "use", "misuse", "accuracy")),
    ),
    "equations": (
        ("result", "What it works out", ("estimates", "method", "inputs", "formula", "words", "converts")),
        (
            "error",
            "How sure it is",
            ("standard_error", "error_elsewhere", "printed_error", "r_squared", "known_bias", "doubt"),
        ),
        ("people", "For whom", ("requires", "valid", "population", "device", "misuse")),
    ),
    "quantities": (
        (
            "measure",
            "How it is measured",
            ("how", "unit", "values", "resolution", "better", "can_be_unable", "formula"),
        ),
        ("ranges", "What is taken and what is asked again", ("guard", "usual", "lookalikes", "stale_after_days")),
        ("error", "Measurement error, and the change that matters", ("error",)),
    ),
    "norms": (
        ("people", "Who stands behind it", ("quantity", "population", "device", "alm_method", "ages", "caution")),
        ("use", "What it is for", ("use", "misuse")),
    ),
    "questions": (
        ("asked", "How it is asked", ("steps", "items", "fields")),
        ("place", "Where it stands", ("after", "within", "opens", "score", "gives")),
    ),
    "sources": (("work", "The work", ("authors", "year", "journal", "doi", "pmid", "read", "read_at", "licence")),),
}
"""Kind -> (id, heading, keys of the file) in the order of the page."""

_TERM_SECTIONS = (("lists", "How it is known", ("ask", "includes", "lasts_at_most_days", "names", "not_names")),)
_UNLABELLED = frozenset(
    {
        "for",
        "against",
        "dose",
        "effect",
        "error",
        "gates",
        "gates_shared",
        "components",
        "stages",
        "paths",
        "professional",
        "treatments",
    }
)
_NOT_SAID = frozenset(
    {
        *("id", "title", "name", "plain", "lay", "rules", "cases", "worked", "file", "columns"),
        *("author", "reviewer", "date"),
    }
)
_SAID_WITH_ALL = frozenset({"source", "place", "unit"})


def page(kind: str, name: str) -> EntryPage:
    """The page of one entry.

    Raises:
        KeyError: text naming the nearest kind or entry.

    """
    one = entry(kind, name)
    teller = Teller(one)
    sections = [
        *(_section(teller, *chosen) for chosen in _SECTIONS.get(kind, _TERM_SECTIONS)),
        _detail(teller),
        *_aside(one),
        _citations(one),
        *_linked(one),
    ]
    source = source_of(name) if kind == "sources" else None
    return EntryPage(
        ref=one.ref,
        kind_title=kind_title(kind),
        plain=_plain(one),
        sections=tuple(section for section in sections if section and (section.lines or section.table)),
        by=authorship(one),
        file=one.file,
        address=source.link if source else None,
    )


def _section(teller: Teller, name: str, heading: str, keys: tuple[str, ...]) -> Section:
    found: list[Line] = []
    for key in keys:
        if key == "present":
            found.append(teller.rule_named("present"))
        else:
            found.extend(_labelled(key, teller.key(key)))
    return Section(name, heading, tuple(found))


def _labelled(key: str, said: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lines under the name of their key; several lines hang below it."""
    if not said or key in _UNLABELLED:
        return said
    if len(said) == 1 and not said[0].label:
        return (replace(said[0], label=label(key)),)
    return (say(label=label(key), below=said),)


def _detail(teller: Teller) -> Section:
    """The professional text, and every key that no section has said."""
    for key in _NOT_SAID | _SAID_WITH_ALL:
        teller.unsaid.pop(key, None)
    if teller.entry.kind != "sources":
        teller.unsaid.pop("read", None)
    if teller.entry.plain == teller.body.get("ask"):  # it stands under the title already
        teller.unsaid.pop("ask", None)
    found = [*teller.key("professional")]
    for key in list(teller.unsaid):
        found.extend(_labelled(key, teller.key(key)))
    if others := teller.unsaid_rules():
        found.append(say(label="Other rules of the file", below=others))
    described = teller.entry.kind in KIND_TITLES
    return Section("detail", "For professionals" if described else "What it says", tuple(found))


def _aside(one: Entry) -> Iterator[Section]:
    """What is checked at every change: cases and worked examples; and the table of a norm."""
    if cases := one.body.get("cases"):
        lines = tuple(
            say(
                capitalize_first(str(case["why"])),
                label=capitalize_first(str(case["name"])),
                below=(say(_pairs(case["given"]), label="Given"), say(_pairs(case["expect"]), label="Then")),
            )
            for case in cases
        )
        yield Section("cases", f"Examples that test the rules ({len(cases)})", lines, aside=True)
    if worked := one.body.get("worked"):
        lines = tuple(
            say(str(row.get("why", "")), label="Example", below=(say(_pairs(row["given"]), label="Given"),))
            for row in worked
        )
        yield Section("worked", f"Worked examples ({len(worked)})", lines, aside=True)
    beside = one.file.replace(".yaml", ".csv")
    if (ROOT / beside).is_file():
        rows = table(beside)
        cells = (tuple(label(name) for name in rows[0]), *(tuple(row.values()) for row in rows))
        yield Section("table", f"The table ({plural(len(rows), 'row')})", table=cells, aside=True)


def _pairs(body: Mapping[str, Any]) -> str:
    """'age 70, grip strength 27, cancer: absent' of a case, in one row."""
    shown = []
    for key, value in body.items():
        known = quantities().get(key)
        text = ", ".join(map(_word, value)) if isinstance(value, list) else _word(value)
        shown.append(f"{known.name if known else key.replace('_', ' ')}: {text}")
    return "; ".join(shown)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return f"({_pairs(value)})"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value).replace("_", " ")


def _citations(one: Entry) -> Section | None:
    """The works behind an entry, each with the places and the way it was read."""
    if one.kind == "sources":
        return None
    places: dict[str, dict[Citation, None]] = {}
    for found in _cited_in(one.body, None):
        places.setdefault(found.source, {})[found] = None
    everywhere = above_all(one)
    lines = [say(label="Where no other source is named", by=everywhere)] if everywhere else []
    for name, found_places in places.items():
        source = source_of(name)
        if source is None:
            continue
        journal = f" {source.journal}." if source.journal else ""
        text = f": {source.title.rstrip('.')}.{journal}"
        below = tuple(Line((place,), "", (), ()) for place in _places(found_places))
        lines.append(Line((Ref("sources", name, source.short), text), "", (), below, source.link))
    return Section("sources", "Sources", tuple(lines))


def _places(found: Mapping[Citation, None]) -> list[str]:
    marks: dict[str, list[str]] = {}
    for one in found:
        marks.setdefault(one.read, []).append(one.place)
    return [f"{READ_MEANINGS[read]}: {'; '.join(dict.fromkeys(rows))}" for read, rows in marks.items()]


def _cited_in(body: Any, above: Citation | None) -> Iterator[Citation]:
    if isinstance(body, Mapping):
        here = citation(dict(body), above)
        if here and {"source", "place", "read"} & body.keys():
            yield here
        for key, inner in body.items():
            if key not in {"cases", "worked"}:
                yield from _cited_in(inner, here)
    elif isinstance(body, list):
        for inner in body:
            yield from _cited_in(inner, above)


def _linked(one: Entry) -> Iterator[Section]:
    """Where an entry leads and what leads to it, by kind; works have a list of their own."""
    leads = [ref for ref in mentions(one.kind, one.id) if ref.kind != "sources"]
    used = [ref for ref in mentioned_by(one.kind, one.id) if ref not in leads]
    for name, heading, refs in (("leads", "Leads to", leads), ("used", "Used by", used)):
        by_kind: dict[str, list[Ref]] = {}
        for ref in refs:
            by_kind.setdefault(ref.kind, []).append(ref)
        yield Section(name, heading, tuple(_named(kind, rows) for kind, rows in by_kind.items()))


def _named(kind: str, refs: list[Ref]) -> Line:
    pieces = [piece for ref in sorted(refs, key=lambda ref: ref.text.casefold()) for piece in (ref, ", ")]
    return Line(tuple(pieces[:-1]), kind_title(kind))


def _plain(one: Entry) -> str:
    """What it is, for everybody."""
    if one.kind == "equations":
        inputs = [quantities()[name].name for name in one.body["inputs"]]
        return f"Works out {quantities()[one.body['estimates']].name} from {listed(inputs)}."
    if one.kind == "norms":
        measured = quantities()[one.body["quantity"]].name
        return f"Shows where a person's {measured} lies among other people: {one.body['population']}."
    return capitalize_first(one.plain)
