"""``python -m roost``."""

# Before everything else, even of Python's own: it decides from where the rest is imported.
from pyenv_roost import main  # isort: skip

import sys

if __name__ == "__main__":
    sys.exit(main())
