"""The command line with the engines of tests in it, in the child too."""

from pathlib import Path

from roster_probes import PROBES

from tildeling.cli import main
from tildeling_models import process
from tildeling_models.roster.engines import ENGINES

ENGINES.update(PROBES)
process.WORKER = (str(Path(__file__).with_name("probe_worker.py")),)
main()
