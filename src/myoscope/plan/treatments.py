"""Read the treatments and their gates from the knowledge base."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.quantities.registry import did_you_mean
from myoscope.rules import Rule, RuleBook
from myoscope.sources import Citation, KnowledgeError, citation, folder

GROUPS = ("medicines", "exercise", "nutrition", "physical_therapy", "hormones", "supplements")
ACTIONS = ("stop", "refer", "caution", "monitor")


@dataclass(frozen=True, slots=True)
class GateRule:
    """A safety gate: when its rule is yes, the action follows.

    `ask`: an unknown answer must be asked for before the treatment begins (not so for passing states such as fever).
    `asks`: one question for a rule of many parts that a person knows by one name.
    """

    id: str
    rule: Rule
    action: str
    lay: str
    professional: str
    citation: Citation
    ask: bool = True
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class DoseLine:
    """A dose and for whom (no rule: everybody).

    `grams_per_kg` is protein, `kcal_per_kg` energy, each per kg of body weight a day (lowest, highest).
    """

    rule: Rule | None
    text: str
    citation: Citation
    grams_per_kg: tuple[float, float] | None = None
    kcal_per_kg: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class PublishedEffect:
    """A pooled effect of trials, with its interval, in `unit`."""

    median: float
    low: float
    high: float
    unit: str
    outcome: str
    population: str
    weeks: float | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a treatment does together with something else.

    `rule`: the person takes or has the partner; None where the partner is another treatment (`partner` is its id).
    """

    partner: str
    rule: Rule | None
    says: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment of the knowledge base.

    `already`: the person does this; it stays in the plan as something to keep up, after what is new.
    `while_withheld`: a referral that does not wait for an urgent sign below an emergency, though the plan does.
    """

    id: str
    group: str
    title: str
    plain: str
    professional: str
    refer_only: bool
    for_causes: tuple[str, ...]
    burden: int
    opens: tuple[Rule, ...]
    already: Rule | None
    doses: tuple[DoseLine, ...]
    every_dose: bool
    gates: tuple[GateRule, ...]
    monitoring: tuple[str, ...]
    stop_rules: tuple[str, ...]
    effects: tuple[PublishedEffect, ...]
    citation: Citation
    certainty: str | None = None
    certainty_note: str | None = None
    guideline: str | None = None
    interactions: tuple[Interaction, ...] = ()
    while_withheld: bool = False


@cache
def treatments() -> dict[str, Treatment]:
    """Every treatment by id.

    Raises:
        KnowledgeError: a file that cannot be read, or an interaction with a treatment that does not exist.

    """
    found = {entry["id"]: _treatment(entry, path) for path, entry in folder("treatments").items()}
    for one in found.values():
        for met in one.interactions:
            if met.rule is None and met.partner not in found:
                raise KnowledgeError(
                    f"treatments/{one.id}.yaml: interactions: unknown treatment {met.partner!r}"
                    f"{did_you_mean(met.partner, found)}"
                )
    return found


def _treatment(entry: dict[str, Any], path: str) -> Treatment:
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    if entry["group"] not in GROUPS:
        raise KnowledgeError(f"{path}: group {entry['group']!r} is not one of {', '.join(GROUPS)}")
    book = RuleBook(path, entry)
    return Treatment(
        id=entry["id"],
        group=entry["group"],
        title=entry["title"],
        plain=entry["plain"],
        professional=entry["professional"],
        refer_only=entry["prescribe"] == "refer",
        for_causes=_texts(entry.get("for_causes")),
        burden=int(entry.get("burden", 3)),
        opens=tuple(book.read(rule, str(rule)) for rule in entry.get("opens") or []),
        already=book.read(entry["already"], "already") if "already" in entry else None,
        doses=tuple(_dose(row, book, cited) for row in entry.get("dose") or []),
        every_dose=bool(entry.get("every_dose", False)),
        gates=_gates(entry, book, cited, path),
        monitoring=_texts(entry.get("monitoring")),
        stop_rules=_texts(entry.get("stop_rules")),
        effects=tuple(_effect(row, cited) for row in _rows(entry.get("effect"))),
        citation=cited,
        certainty=entry.get("certainty"),
        certainty_note=entry.get("certainty_note"),
        guideline=_plain(entry.get("guideline")),
        interactions=tuple(_interaction(row, book, cited, path) for row in entry.get("interactions") or []),
        while_withheld=bool(entry.get("while_withheld", False)),
    )


def _rows(body: Any) -> list[dict[str, Any]]:
    return [] if not body else body if isinstance(body, list) else [body]


def _plain(body: Any) -> str | None:
    if body is None or isinstance(body, str):
        return body
    when = f"{body['when']}: " if body.get("when") else ""
    return when + str(body["text"])


def _texts(body: Any) -> tuple[str, ...]:
    if not body:
        return ()
    return tuple(str(_plain(row)) for row in (body if isinstance(body, list) else [body]))


def _dose(row: dict[str, Any], book: RuleBook, above: Citation) -> DoseLine:
    rule = book.read(row["when"], str(row["when"])) if "when" in row else None
    cited = citation(row, above) or above
    return DoseLine(rule, row["text"], cited, _span(row.get("grams_per_kg")), _span(row.get("kcal_per_kg")))


def _span(ends: dict[str, float] | None) -> tuple[float, float] | None:
    return (float(ends["low"]), float(ends["high"])) if ends else None


def _gates(entry: dict[str, Any], book: RuleBook, cited: Citation, path: str) -> tuple[GateRule, ...]:
    """The gates of the sets that the file shares, then its own; of one id the later stands, in the earlier's place."""
    found: dict[str, GateRule] = {}
    for name in entry.get("gates_shared") or []:
        found |= shared_gates(name)
    return tuple((found | _by_id(entry, book, cited, path)).values())


@cache
def shared_gates(name: str) -> dict[str, GateRule]:
    """A set of gates that several treatments share, by id.

    Raises:
        KnowledgeError: a set that does not exist, or that cannot be read.

    """
    path = f"policy/gates_{name}.yaml"
    entry = folder("policy").get(path)
    if entry is None:
        raise KnowledgeError(f"{path}: no such set of shared gates{did_you_mean(path, folder('policy'))}")
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    return _by_id(entry, RuleBook(path, entry), cited, path)


def _by_id(entry: dict[str, Any], book: RuleBook, cited: Citation, path: str) -> dict[str, GateRule]:
    found: dict[str, GateRule] = {}
    for row in entry.get("gates") or []:
        if row["id"] in found:
            raise KnowledgeError(f"{path}: gate {row['id']!r} stands there twice")
        found[row["id"]] = _gate(row, book, cited, path)
    return found


def _gate(row: dict[str, Any], book: RuleBook, above: Citation, path: str) -> GateRule:
    if row["action"] not in ACTIONS:
        raise KnowledgeError(f"{path}: gate {row['id']!r}: action {row['action']!r} is not one of {', '.join(ACTIONS)}")
    return GateRule(
        id=row["id"],
        rule=book.read(row["rule"], row["id"]),
        action=row["action"],
        lay=row["lay"],
        professional=row["professional"],
        citation=citation(row, above) or above,
        ask=bool(row.get("ask", True)),
        asks=row.get("asks"),
    )


def _interaction(row: dict[str, Any], book: RuleBook, above: Citation, path: str) -> Interaction:
    """`with:` names one thing: {medicine: id}, {condition: id}, {symptom: id} or {treatment: id}."""
    if not isinstance(row.get("with"), dict) or len(row["with"]) != 1 or "says" not in row:
        raise KnowledgeError(f"{path}: an interaction needs `with:` (one kind and its id) and `says:`")
    ((kind, name),) = row["with"].items()
    rule = None if kind == "treatment" else book.read({"has": row["with"]}, f"interaction with {name}")
    return Interaction(str(name), rule, row["says"], citation(row, above) or above)


def _effect(row: dict[str, Any], above: Citation) -> PublishedEffect:
    weeks = row.get("weeks")
    return PublishedEffect(
        float(row["median"]),
        float(row["low"]),
        float(row["high"]),
        str(row["unit"]),
        str(row["outcome"]),
        str(row.get("population", "")),
        None if weeks is None else float(weeks),
        citation(row, above) or above,
    )
