"""The vocabulary: every variable with its unit, ranges and codes; conditions, medicines and symptoms."""

from myoscope.quantities.registry import Lookalike, Quantity, Range, nearest, quantities, quantity
from myoscope.quantities.terms import KINDS, Term, match_condition, match_medicines, terms

__all__ = [
    "KINDS",
    "Lookalike",
    "Quantity",
    "Range",
    "Term",
    "match_condition",
    "match_medicines",
    "nearest",
    "quantities",
    "quantity",
    "terms",
]
