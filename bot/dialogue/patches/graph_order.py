"""Running Rasa's graph without Dask.

Rasa 3.6.21 (rasa/engine/runner/dask.py) uses Dask for one call, ``dask.get(graph, targets)``,
three times a turn. Dask 2026.8 no longer reads the graphs that Rasa hands it, and brings six
packages; running the nodes in order takes ten lines and a millisecond less a run.
"""

from collections.abc import Mapping, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import wrapt


def apply() -> None:
    """Give Rasa's runner our ``get`` once it is imported."""
    wrapt.register_post_import_hook(_replace, "rasa.engine.runner.dask")


def _replace(runner: ModuleType) -> None:
    runner.dask = SimpleNamespace(get=get)  # type: ignore[attr-defined]


def get(graph: Mapping[str, tuple[Any, ...]], targets: Sequence[str]) -> tuple[Any, ...]:
    """Compute ``targets``, and what they need, each node once.

    ``graph``: by name, a node and what it is called with; the name of a node stands for the
    node's result. A pair whose first part cannot be called is a value as it is.
    """
    results: dict[str, Any] = {}

    def compute(name: str) -> Any:
        if name not in results:
            node, *needs = graph[name]
            arguments = [compute(need) if _is_name(need, graph) else need for need in needs]
            results[name] = node(*arguments) if callable(node) else graph[name]
        return results[name]

    return tuple(compute(target) for target in targets)


def _is_name(need: Any, graph: Mapping[str, Any]) -> bool:
    return isinstance(need, str) and need in graph
