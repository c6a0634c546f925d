"""``python -m tildeling``: the command line."""

from __future__ import annotations

from tildeling.cli import main

main()
