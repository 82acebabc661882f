"""The muscle model: how muscle and lean mass change with what people do and what happens to them."""

from myoscope.model.arms import Arm, ArmsError, read_arms

__all__ = ["Arm", "ArmsError", "read_arms"]
