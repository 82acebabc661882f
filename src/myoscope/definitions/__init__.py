"""The consensus definitions and screens: one record in, every stage out, with what decided."""

from myoscope.definitions.catalogue import Definition, Stage, definition, definitions
from myoscope.definitions.classify import Classification, classify, holds, reach

__all__ = ["Classification", "Definition", "Stage", "classify", "definition", "definitions", "holds", "reach"]
