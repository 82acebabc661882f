"""Muscle mass estimated by published equations when it was not measured, with its standard error."""

from myoscope.estimates.equations import Equation, Estimate, equations, estimate, estimates_of, probability_below

__all__ = ["Equation", "Estimate", "equations", "estimate", "estimates_of", "probability_below"]
