"""The muscle model's calibration: `python -m calibration.muscle` (a development tool; its draws and report ship)."""
