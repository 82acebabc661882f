"""What an entry of a list stands for in the vocabulary, and what to say of an entry that stands for nothing there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

from myoscope.quantities import KINDS, match_condition, match_medicines, terms
from myoscope.quantities.terms import is_icd10
from myoscope.record.model import Listing

SLIP_OF_THE_PEN = 0.85
"""A list entry this like a known id is a typing mistake, to be mended; anything less like one is another word."""
NEAR = 0.7
"""A word this like a known name is offered beside one that is not known."""

Group: TypeAlias = tuple[tuple[str, ...], bool]
"""Vocabulary ids, and whether they are of the past. No ids: a word of somebody else's vocabulary."""

_ATC = re.compile(r"^[A-Z]\d\d[A-Z]{1,2}\d{0,2}$")
_SHOWN = 20


def groups(kind: str, text: str) -> list[Group] | str:
    """What an entry stands for, or the known id that it misspells.

    Args:
        kind: 'condition', 'medicine' or 'symptom'.
        text: a name, an id or a code.

    """
    if kind == "medicine":
        code = text.upper().removeprefix("ATC:").strip()
        return [(tuple(match_medicines(text, atc=code if _ATC.match(code) else None)), False)]
    known = terms(kind)
    if text in known:
        return [((text,), False)]
    spoken = text.lower().replace("_", " ")
    same = [t.id for t in known.values() if spoken in {t.name.lower(), *(n.lower() for n in t.names)}]
    if same:
        return [(tuple(same), False)]
    icd10 = text.removeprefix("ICD-10:").strip()
    if kind == "condition" and is_icd10(icd10):
        now, past = (tuple(match_condition(icd10, system)) for system in ("icd10cm", "icd10cm_history"))
        return [(now, False)] + ([(past, True)] if past else []) if now or not past else [(past, True)]
    slip = difflib.get_close_matches(spoken.replace(" ", "_"), known, n=1, cutoff=SLIP_OF_THE_PEN)
    # a whole word more or less is no misspelling: "pulmonary hypertension" is not the severe one
    if not slip or set(spoken.split()) < set(slip[0].split("_")) or set(spoken.split()) > set(slip[0].split("_")):
        return [((), False)]
    return slip[0]


def unread(listings: Sequence[Listing]) -> str | None:
    """What to say of the entries that no rule reads, with the nearest known ids and where to look; None without any."""
    strange = {(one.kind, one.text): one for one in listings if not one.terms}
    if not strange:
        return None
    told = [_told(one) for one in list(strange.values())[:_SHOWN]]
    more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
    kinds = dict.fromkeys(KINDS[kind] for kind, _ in strange)
    search = ", ".join(f"`myoscope knowledge list {plural} --word ...`" for plural in kinds)
    return (
        f"Not in our vocabulary, so no rule reads it: {', '.join(told)}{more}. To look for the right word: {search}. "
        "While one is present its list does not count as complete"
    )


def _told(one: Listing) -> str:
    near = nearest_names(one.kind, one.text)
    return f"{one.text} ({one.kind}; near: {', '.join(near)})" if near else f"{one.text} ({one.kind})"


def nearest_ids(kind: str, text: str) -> list[str]:
    """At most three known ids whose names are like a text, or hold all its words; the likest first."""
    return list(_nearest(kind, text))[:3]


def nearest_names(kind: str, text: str) -> list[str]:
    """The same as one would write them: 'predisone' -> prednisone, not the group it belongs to."""
    return list(_nearest(kind, text).values())[:3]


def _nearest(kind: str, text: str) -> dict[str, str]:
    """Vocabulary id -> its name that is near, the likest first."""
    known = _names(kind)
    spoken = re.sub(r"[\W_]+", " ", re.sub(r"\b\d\S*(\s*(mg|g|ug|mcg|ml|iu|units?)\b)?", " ", text.lower())).strip()
    words = set(spoken.split())
    holding = [name for name in known if words and (words <= set(name.split()) or words > set(name.split()))]
    like = difflib.get_close_matches(spoken, known, n=6, cutoff=NEAR)
    found: dict[str, str] = {}
    for name in (*like, *sorted(holding, key=len)):
        found.setdefault(*known[name])
    if len(words) > 1:  # lay words that stand in a term's explanation only: "blood thinners"
        told = {t.id: set(re.findall(r"[^\W_]+", (t.plain or "").lower())) for t in terms(kind).values()}
        for term in sorted((term for term in told if words <= told[term]), key=lambda term: len(told[term])):
            found.setdefault(term, terms(kind)[term].name)
    return found


@cache
def _names(kind: str) -> dict[str, tuple[str, str]]:
    """Every name of one vocabulary in lower case -> its id and the name as it is written."""
    return {
        re.sub(r"[\W_]+", " ", name.lower()).strip(): (term.id, name)
        for term in terms(kind).values()
        for name in (*term.names, term.name, term.id)
    }
