"""Real shells: zsh, bash and each that ROOST_TEST_SHELLS names."""

from tests.support.shells import bash, shell, terminal, zsh

__all__ = ["bash", "shell", "terminal", "zsh"]
