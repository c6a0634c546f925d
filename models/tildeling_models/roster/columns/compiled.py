"""Kernels compiled by numba, cached where a folder can be written."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

_HERE = Path(__file__).parent


def kernel(function: F) -> F:
    """``function`` compiled without the interpreter's lock, and cached between runs.

    The cache lies beside the package, else under ``TILDELING_HOME``; without either it compiles in each run.
    """
    home = os.environ.get("TILDELING_HOME")
    before = numba.config.CACHE_DIR
    if home and not before and not os.access(_HERE, os.W_OK):
        numba.config.CACHE_DIR = str(Path(home) / "kernels")
    try:
        compiled: F = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba finds no folder that it may write
        log.warning("no folder for compiled kernels can be written: %s compiles anew", function.__name__)
        compiled = numba.njit(nogil=True)(function)
    finally:
        numba.config.CACHE_DIR = before
    return compiled
