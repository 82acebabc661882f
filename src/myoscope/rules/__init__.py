"""The rule language: a small tree of comparisons, read from YAML, with yes, no and unknown as answers.

One tree, two interpreters: `scalar` walks it for a person and keeps the trace, `table` (imported only
where there is a table) turns the same tree into expressions for any frame engine.
"""

from myoscope.rules.arithmetic import Formula
from myoscope.rules.facts import UNABLE, Facts, Unable, Value
from myoscope.rules.parse import RuleBook, RuleError
from myoscope.rules.scalar import Trace, deciding, evaluate, missing
from myoscope.rules.tree import All, Any, AtLeast, Compare, FirstKnown, Has, Is, Named, Not, Rule

__all__ = [
    "UNABLE",
    "All",
    "Any",
    "AtLeast",
    "Compare",
    "Facts",
    "FirstKnown",
    "Formula",
    "Has",
    "Is",
    "Named",
    "Not",
    "Rule",
    "RuleBook",
    "RuleError",
    "Trace",
    "Unable",
    "Value",
    "deciding",
    "evaluate",
    "missing",
]
