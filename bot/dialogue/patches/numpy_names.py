"""A name that moved within NumPy.

Rasa 3.6.21 (rasa/utils/common.py) lists ``numpy.VisibleDeprecationWarning`` among the warnings
it expects; since NumPy 2.0 it stands in ``numpy.exceptions``.
"""

import numpy as np


def apply() -> None:
    """Put the warning where Rasa looks for it."""
    np.VisibleDeprecationWarning = np.exceptions.VisibleDeprecationWarning  # type: ignore[attr-defined]
