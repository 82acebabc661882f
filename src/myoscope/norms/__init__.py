"""Where a value lies among people of the same sex and age: LMS tables, centile tables, means with a spread."""

from myoscope.norms.tables import Norm, Position, norms, places, position

__all__ = ["Norm", "Position", "norms", "places", "position"]
