"""The child process with the engines of tests in it: ``python probe_worker.py FOLDER``."""

import sys
from pathlib import Path

from roster_probes import PROBES

from tildeling_models.roster.engines import ENGINES
from tildeling_models.worker import main

ENGINES.update(PROBES)
sys.exit(main(Path(sys.argv[1])))
