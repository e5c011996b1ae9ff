"""``python -m tripkit``: the same as the command ``tripkit``."""

from tripkit.cli import main

main()
