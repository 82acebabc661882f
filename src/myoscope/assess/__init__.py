"""One person: measures, urgent signs, definitions, causes and plan in one answer."""

from myoscope.assess.assessment import assess
from myoscope.assess.result import Assessment

__all__ = ["Assessment", "assess"]
