"""How many threads the linear algebra of a process may use."""

import os
from collections.abc import MutableMapping

# OpenBLAS, OpenMP, MKL and Apple's library each read their own when they are loaded.
_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def one_thread_a_process(environ: MutableMapping[str, str] = os.environ) -> None:
    """Keep a process to one thread of linear algebra, before NumPy is loaded.

    A message is too small to share: a second thread only spins, 31 ms of processor time a turn
    on Python 3.10 against 19 to 21 with one, 46 to 57 against 13.5 to 17 on 3.12 and 3.13
    (28/11/2026). What the environment says already stands.
    """
    for variable in _VARIABLES:
        environ.setdefault(variable, "1")
