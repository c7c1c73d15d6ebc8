"""Real shells: zsh, bash, fish and each that ROOST_TEST_SHELLS names."""

from collections.abc import Iterator

import pytest

from tests.support import trace
from tests.support.shells import bash, every_shell, fish, shell, terminal, zsh

# A traced zsh shows no message: in these modules nothing looks for one.
_ZSH_SHOWS_NO_MESSAGE = {
    *(f"test_hook_{name}.py" for name in ("activation", "neighbours", "photograph", "plugins", "prompt", "run", "upgrade")),
    "test_opinions.py",
    "test_vectors.py",
}


@pytest.fixture(autouse=True)
def _traced(request: pytest.FixtureRequest) -> Iterator[None]:
    with trace.tracing("bash", "fish", *["zsh"] * (request.path.name in _ZSH_SHOWS_NO_MESSAGE)):
        yield


__all__ = ["bash", "every_shell", "fish", "shell", "terminal", "zsh"]
