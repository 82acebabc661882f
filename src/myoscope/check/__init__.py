"""Whether the knowledge base hangs together: numbers sourced, rules tried at their boundaries, nothing undefined."""

from myoscope.check.everything import Summary, check_knowledge
from myoscope.check.finding import Finding

__all__ = ["Finding", "Summary", "check_knowledge"]
