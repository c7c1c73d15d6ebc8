"""Real shells: zsh, bash, fish and each that ROOST_TEST_SHELLS names."""

from tests.support.shells import bash, every_shell, shell, terminal, zsh

__all__ = ["bash", "every_shell", "shell", "terminal", "zsh"]
