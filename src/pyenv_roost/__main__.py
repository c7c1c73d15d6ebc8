"""``python -m pyenv_roost``."""

import sys

from pyenv_roost import main

sys.exit(main())
