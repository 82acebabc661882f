"""Does the knowledge base hang together? Every number sourced, every rule tried at its boundaries, nothing undefined."""

from myoscope.check.everything import Finding, Summary, check_knowledge

__all__ = ["Finding", "Summary", "check_knowledge"]
