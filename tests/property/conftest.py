"""Many examples go to one shell process; what fails here belongs into the vectors."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.support.sandbox import Sandbox

settings.register_profile("roost", deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))
settings.load_profile("roost")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """One machine for the examples of a module; each makes its own directory in it."""
    return Sandbox(tmp_path_factory.mktemp("property") / "machine")
