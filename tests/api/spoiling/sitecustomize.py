"""Makes a service of the tests' own fail with words that no log may hold; every Python below it begins with this.

What fails is named in the file that ``TILDELING_SPOIL`` names; nothing does where the file is empty.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

WORDS = "zqmarker says what somebody is ill with"


def spoilt() -> str:
    """What is to fail now."""
    return Path(os.environ["TILDELING_SPOIL"]).read_text(encoding="utf-8")


def _reject(module: Any) -> None:
    from tildeling.errors import RejectedSolution

    plain = module.require_agreement

    def require_agreement(*args: Any, **named: Any) -> None:
        if spoilt() == "reject":
            raise RejectedSolution([WORDS])
        plain(*args, **named)

    module.require_agreement = require_agreement


def _fail(module: Any) -> None:
    plain = module.read_dataset

    def read(*args: Any, **named: Any) -> Any:
        if spoilt() == "fail":
            raise KeyError(WORDS)
        if spoilt() == "crash":
            os.abort()
        return plain(*args, **named)

    module.read_dataset = read


def _early(module: Any) -> None:
    plain = module.AskedAllocation.model_validate

    def validate(*args: Any, **named: Any) -> Any:
        if spoilt() == "early":
            raise ValueError(WORDS)
        return plain(*args, **named)

    module.AskedAllocation.model_validate = validate


def _worker(module: Any) -> None:
    plain = module.Doing.do

    def do(self: Any, job: str, attempt: int) -> None:
        if spoilt() == "worker" and attempt == 1:
            raise RuntimeError(WORDS)
        plain(self, job, attempt)

    module.Doing.do = do


def _interface(module: Any) -> None:
    from sqlalchemy import text

    plain = module.Datasets.line

    def line(self: Any, *args: Any) -> Any:
        if spoilt() == "interface":
            raise RuntimeError(WORDS)
        if spoilt() == "database":
            with self._database.writing() as session:
                session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": WORDS})
        return plain(self, *args)

    module.Datasets.line = line


def _datasets(module: Any) -> None:
    _interface(module)
    _crew(module)


def _crew(module: Any) -> None:
    plain = module.as_workbook

    def as_workbook(folder: Path) -> bytes:
        if spoilt() == "crew":
            raise KeyError(WORDS)
        return plain(folder)

    as_workbook.__module__, as_workbook.__qualname__ = plain.__module__, plain.__qualname__
    module.as_workbook = as_workbook


SPOILERS = {
    "tildeling.verifying": _reject,
    "tildeling.files": _fail,
    "tildeling_api.jobs.kinds.allocation": _early,
    "tildeling_api.jobs.doing": _worker,
    "tildeling_api.datasets": _datasets,
}


class _Finder(importlib.abc.MetaPathFinder):
    """Spoils a module once it is loaded."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name not in SPOILERS:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            plain = spec.loader.exec_module

            def load(module: Any) -> None:
                plain(module)
                SPOILERS[name](module)

            spec.loader.exec_module = load  # type: ignore[method-assign]
        return spec


if os.environ.get("TILDELING_SPOIL"):
    sys.meta_path.insert(0, _Finder())
