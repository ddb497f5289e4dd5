"""Examinations with nothing to examine, as of details in stories that contain none.

Rasa 3.6.21 (``_calculate_report`` in rasa/nlu/test.py) hands scikit-learn empty lists, which it
refuses since 1.8: `rasa test core` would stop after writing its first report.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
import wrapt

_NOTHING: tuple[Any, ...] = ({}, 0.0, 0.0, 0.0, np.zeros((0, 0)), [])


def apply() -> None:
    """Report on nothing with an empty report."""
    wrapt.register_post_import_hook(_replace, "rasa.nlu.test")


def _replace(module: ModuleType) -> None:
    calculate = module._calculate_report

    def calculate_any(
        output_directory: str | None,
        targets: Sequence[Any],
        predictions: Sequence[Any],
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if not len(targets):
            return _NOTHING
        return calculate(output_directory, targets, predictions, *args, **kwargs)

    module._calculate_report = calculate_any  # type: ignore[attr-defined]
