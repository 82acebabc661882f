"""Our own reference curves from NHANES: `python -m calibration.norms` (a development tool; only its tables ship)."""
