"""Urgent signs, and the causes ranked with what speaks for and against each."""

from myoscope.causes.flags import Flag, Raised, flags, questions_first, raised
from myoscope.causes.rank import CauseFile, Clue, Found, Weighed, causes, weigh

__all__ = [
    "CauseFile",
    "Clue",
    "Flag",
    "Found",
    "Raised",
    "Weighed",
    "causes",
    "flags",
    "questions_first",
    "raised",
    "weigh",
]
