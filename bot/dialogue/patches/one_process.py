"""Serving from the process that was started.

Rasa 3.6.21 (rasa/core/run.py, rasa_sdk/endpoint.py) builds its Sanic application in the main
process. Since Sanic 22.9 ``run`` starts workers as fresh processes, which cannot find it.
"""

from typing import Any

from sanic import Sanic

_run = Sanic.run


def apply() -> None:
    """Have ``Sanic.run`` stay in one process."""
    Sanic.run = _run_here  # type: ignore[assignment, method-assign]


def _run_here(app: Sanic[Any, Any], *args: Any, workers: int = 1, **kwargs: Any) -> None:
    if workers > 1:
        raise SystemExit(
            f"SANIC_WORKERS={workers}: Rasa's server runs in one process here; "
            "start several on ports of their own, behind a load balancer"
        )
    _run(app, *args, single_process=True, **kwargs)
