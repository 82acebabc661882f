"""Read the definitions from the knowledge base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from myoscope.quantities.registry import did_you_mean
from myoscope.rules import Named, Rule, RuleBook
from myoscope.rules.tree import When
from myoscope.sources import Citation, KnowledgeError, citation, folder

NOT_APPLICABLE = "not_applicable"
UNKNOWN = "unknown"
GROUPS = ("sarcopenia", "muscle_mass", "nutrition", "cachexia", "obesity", "frailty", "screen")
"""What a definition is about, in the order in which groups are told; a screen finds people to measure."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a definition; the first, without a rule, is the absence of the finding.

    Attributes:
        meaning: what it means for the person.
        see: whom to see.

    """

    id: str
    title: str
    meaning: str | None = None
    see: str | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One edition of one definition, read with one choice of paths.

    Attributes:
        applies: for whom the definition has cut-offs at all; outside it the stage is 'not_applicable'.
        made_for: the people it was made for; outside, the answer is given and flagged.
        devices: values of alm_method its mass cut-offs were made for; empty when it uses no muscle mass.
        group: one of `GROUPS`.
        paths: path id -> reading -> its rule; `choice` says which are used.
        notes: (rule, text) shown beside the stage when the rule is yes.

    """

    id: str
    title: str
    group: str
    plain: str
    stages: tuple[Stage, ...]
    components: Mapping[str, Rule]
    applies: When
    made_for: When
    citation: Citation
    devices: tuple[str, ...] = ()
    paths: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
    choice: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[tuple[Rule, str], ...] = ()
    use: str | None = None
    misuse: str | None = None
    licence: str | None = None

    @property
    def screen(self) -> bool:
        """Whether it finds people to measure and is no finding itself; what it lacks is asked last."""
        return self.group == "screen"


def files() -> dict[str, dict[str, Any]]:
    """Definition id -> content of its file."""
    return {entry["id"]: entry | {"_file": path} for path, entry in folder("definitions").items()}


def definitions() -> dict[str, Definition]:
    """Every definition by id, read along its default paths."""
    return {name: definition(name) for name in files()}


def definition(name: str, choice: Mapping[str, str] | None = None) -> Definition:
    """One definition, read along the chosen paths.

    Args:
        name: the definition's id.
        choice: path id -> reading, for example {'strength': 'chair_stand'}.

    Raises:
        KeyError: text naming the nearest known definition.

    """
    known = files()
    if name not in known:
        raise KeyError(f"unknown definition {name!r}{did_you_mean(name, known)}; known: {', '.join(known)}")
    return _definition(name, tuple(sorted((choice or {}).items())))


@cache
def _definition(name: str, choice: tuple[tuple[str, str], ...]) -> Definition:
    entry = files()[name]
    where = entry["_file"]
    book = RuleBook(where, entry, dict(choice))
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{where}: needs source, place and read")
    if entry.get("group") not in GROUPS:
        raise KnowledgeError(f"{where}: group {entry.get('group')!r} is not one of {', '.join(GROUPS)}")
    return Definition(
        id=name,
        title=entry["title"],
        group=entry["group"],
        plain=entry.get("plain", ""),
        stages=tuple(_stage(stage, book) for stage in entry["stages"]),
        components={
            component: Named(component, book.read(body, component)) for component, body in entry["components"].items()
        },
        applies=book.when(entry.get("applies") or {}, "applies"),
        made_for=book.when(entry.get("made_for") or {}, "made_for"),
        citation=cited,
        devices=tuple(entry.get("devices") or ()),
        paths={
            path: {option: book.read(body, path) for option, body in options.items() if option != "default"}
            for path, options in book.paths.items()
        },
        choice=book.choice,
        notes=tuple(
            (book.read(note["when"], "finding_outside_stages"), note["says"])
            for note in entry.get("finding_outside_stages") or []
        ),
        use=entry.get("use"),
        misuse=entry.get("misuse"),
        licence=entry.get("licence"),
    )


def _stage(entry: dict[str, Any], book: RuleBook) -> Stage:
    rule = book.read(entry["rule"], f"stage {entry['id']}") if "rule" in entry else None
    return Stage(str(entry["id"]), entry.get("title", entry["id"]), entry.get("meaning"), entry.get("see"), rule)
