"""Putting the changes in place before Rasa is imported, in any process.

`cybo.pth`, installed beside the packages, calls ``watch`` whenever this environment's Python
starts: stock `rasa` commands, tests and notebooks need the changes as much as `cybo`. Nothing
else happens until something imports Rasa, and a program that does not never pays for it.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence

_TRIGGERS = frozenset({"rasa", "rasa_sdk"})


class _Watch(importlib.abc.MetaPathFinder):
    """Finds nothing; notices the first import of Rasa."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in _TRIGGERS and self in sys.meta_path:
            sys.meta_path.remove(self)
            _apply()
        return None


def watch() -> None:
    """Apply the changes as soon as this process imports Rasa."""
    sys.meta_path.insert(0, _Watch())


def _apply() -> None:
    from bot.dialogue.patches import (  # noqa: PLC0415 (a Python that never meets Rasa skips it)
        empty_reports,
        graph_order,
        left_out,
        no_telemetry,
        numpy_names,
        old_versions,
        one_process,
        package_files,
        response_stream,
        union_types,
    )

    left_out.stand_in()
    for patch in (
        empty_reports,
        graph_order,
        no_telemetry,
        numpy_names,
        old_versions,
        one_process,
        package_files,
        response_stream,
        union_types,
    ):
        patch.apply()
