"""Data sets ready to run: those in ``instances/`` as they stand, generated ones made once and kept,
published ones where somebody has them.

python -m benchmarks.instances FOLDER PRESET SEED [APPLICANTS]

makes one in a process of its own, so that whoever asks for it does not keep the memory.  Beside the folder
stands a JSON file that says what it is; the data set is made anew if that is missing, or the generator is
not the one that made it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from benchmarks.published import known
from benchmarks.registry import ROOT, Instance, Published
from tildeling import read_dataset
from tildeling.housing import generate
from tildeling.housing.generate.output import FILES, write_instance
from tildeling.housing.generate.presets import sized
from tildeling.housing.generate.scenario import generate as made
from tildeling.housing.generate.scenario import policy_of
from tildeling.published import format_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """A data set on disk: what identifies it, and how long it took to make (None: it was there).

    ``applicants`` are people to schedule in a roster.  The rest is what is known of a published instance.
    """

    applicants: int
    dataset_hash: str
    policy_hash: str
    generator: str = ""
    generate_s: float | None = None
    best_known: int | None = None
    literature: str = ""


class NotHere(Exception):
    """A published instance is not on this machine."""


def prepared(instance: Instance) -> Prepared:
    """Make the data set if it has to be made, and say what it is.

    Raises
    ------
    NotHere
        If it is published and nobody has put it where it is looked for.
    subprocess.CalledProcessError
        If it could not be made.
    """
    found = standing(instance)
    if found is None and instance.made is not None:
        print(f"{instance.name}: is being generated", file=sys.stderr)
        how = instance.made
        asked = [how.preset, how.seed, *([how.applicants] if how.applicants else [])]
        subprocess.run(
            [sys.executable, "-m", "benchmarks.instances", str(instance.folder), *map(str, asked)],
            cwd=ROOT, check=True,
        )  # fmt: skip
        found = standing(instance)
    if found is None:
        raise NotHere(
            f"{instance.folder} is not there; skipped (published instances are no part of the project: "
            "TILDELING_BENCHMARKS names a folder that has them)"
        )
    return found


def standing(instance: Instance) -> Prepared | None:
    """What the data set is; None if it would have to be made, all of it and by the generator as it is now, or
    is published and not here."""
    if instance.published is not None:
        return _published(instance.published) if instance.published.there else None
    if instance.made is None:
        return _identified(instance.folder)
    facts = instance.folder.with_suffix(".json")
    if not facts.exists() or not all((instance.folder / name).exists() for name in FILES):
        return None
    found = Prepared(**json.loads(facts.read_text(encoding="utf-8")))
    return found if found.generator == _generator() else None


@cache
def _published(file: Published) -> Prepared:
    form = format_of(file.form)
    found, facts = form.read(file.path), known(file.path)
    return Prepared(form.size(found), found.digest, "", best_known=facts.best, literature=facts.literature)


@cache
def _identified(folder: Path) -> Prepared:
    data = read_dataset(folder)
    return Prepared(len(data.applicants), data.digest(), data.policy.digest())


@cache
def _generator() -> str:
    """A digest of the generator's own sources and the default policy."""
    package = Path(generate.__file__).parent
    found = hashlib.sha256()
    for path in sorted([*package.rglob("*.py"), package.parent / "policy.toml"]):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def make(folder: Path, preset: str, seed: int, applicants: int | None) -> Prepared:
    """Write a data set beside its folder and rename it once all is there; the facts come last."""
    began = time.monotonic()
    data = made(preset, sized(preset, applicants=applicants), seed)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_instance(data, beside / "new", policy_of(data.info.dataset_id))
        spent = round(time.monotonic() - began, 2)
        found = Prepared(len(data.applicants), data.digest(), data.policy.digest(), _generator(), spent)
        (beside / "facts").write_text(json.dumps(asdict(found)), encoding="utf-8")
        if folder.exists():
            folder.rename(beside / "old")
        (beside / "new").rename(folder)
        os.replace(beside / "facts", folder.with_suffix(".json"))
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return found


def main(arguments: list[str]) -> int:
    """Make what the command line names."""
    folder, preset, seed, *applicants = arguments
    make(Path(folder), preset, int(seed), int(applicants[0]) if applicants else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
