"""What every test may use."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that need it say so when it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not there: real data are not part of the repository")
    return SHARED


def pytest_configure(config: pytest.Config) -> None:
    """One fixed profile for Hypothesis: no deadline on noisy machines, the failing example printed."""
    from hypothesis import HealthCheck, settings

    settings.register_profile("myoscope", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("myoscope")
