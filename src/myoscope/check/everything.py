"""All checks of the knowledge base, one after the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from myoscope.check.cases import check_cases
from myoscope.check.causes import check_causes
from myoscope.check.finding import Finding
from myoscope.check.interview import check_questions
from myoscope.check.links import check_links, check_recalled
from myoscope.check.numbers import check_numbers
from myoscope.sources import KnowledgeError, bibliography
from myoscope.sources.files import everything


@dataclass(frozen=True, slots=True)
class Summary:
    """Faults found, and what was looked at: numbers by reading state, cases, sources."""

    findings: list[Finding]
    numbers: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    sources: int = 0


def check_knowledge() -> Summary:
    """Run every check. A file that cannot be read at all ends the run with that one finding."""
    files: dict[str, Any] = {}
    sources = 0
    tally: Counter[str] = Counter()
    findings: list[Finding] = []
    try:
        files = everything()
        sources = len(bibliography())
        findings.extend(check_numbers(files, tally))
        findings.extend(check_cases(files))
        findings.extend(check_links(files))
        findings.extend(check_causes(files))
        findings.extend(check_recalled())
        findings.extend(check_questions())
    except KnowledgeError as error:
        path, _, what = str(error).partition(": ")
        findings.append(Finding(path, "reading", what))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        findings.append(Finding("knowledge", "reading", f"{type(error).__name__}: {error}"))
    cases = sum(len(body.get("cases") or []) for body in files.values() if isinstance(body, dict))
    return Summary(findings, tally, cases, sources)
