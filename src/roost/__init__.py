"""roost: every project comes home to its pyenv interpreter and virtualenv."""

__version__ = "0.1.0"
