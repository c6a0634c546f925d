"""Kernels compiled by numba, cached where a folder can be written."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

_HERE = Path(__file__).parent


def kernel(function: F) -> F:
    """``function`` compiled without the interpreter's lock, and cached between runs.

    The cache lies beside the package, else under ``TILDELING_HOME``; without either it compiles in each run.
    """
    home = os.environ.get("TILDELING_HOME")
    before = getattr(config, "CACHE_DIR", "")
    if home and not before and not os.access(_HERE, os.W_OK):
        setattr(config, "CACHE_DIR", str(Path(home) / "kernels"))  # noqa: B010
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba finds no folder that it may write
        log.warning("no folder for compiled kernels can be written: %s compiles anew", function.__name__)
        return cast(F, numba.njit(nogil=True)(function))
    finally:
        setattr(config, "CACHE_DIR", before)  # noqa: B010  (numba makes it as it is imported: mypy cannot see it)
