"""Keeping TensorFlow out of a process that never uses it.

Rasa 3.6 imports TensorFlow for its neural policies and classifiers as soon as any part
of it is imported. Cybo's pipeline uses none of them, and pays 380 MB of memory and 5 s
of start-up for the import (measured 22/11/2026: 552 MB and 7.5 s against 173 MB and
2.4 s for `import rasa.core.agent`). ``replace_tensorflow`` puts empty modules in its
place before Rasa is imported; a class that really needs TensorFlow then fails when it is
built, never silently. `rasa train` and `rasa run` are untouched.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

_REPLACED = frozenset(
    {"keras", "tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text"}
)


class TensorFlowLeftOut(RuntimeError):
    """Something asked TensorFlow to compute in a process that runs without it."""


class _NameSpace(type):
    """Lets class bodies and annotations such as ``tf.keras.layers.Layer`` be evaluated."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Absent(metaclass=_NameSpace):
    """Stands for any class, function or constant of TensorFlow."""

    def __new__(cls, *args: Any, **_: Any) -> Any:
        if cls is _Absent:
            # ``@tf.function`` and its kin only mark what they decorate.
            return args[0] if args and callable(args[0]) else _mark
        raise TensorFlowLeftOut(
            f"{cls.__name__} needs TensorFlow, which Cybo's own process leaves out; "
            "run this pipeline with `rasa run`, or take the component out of config.yml"
        )


def _mark(decorated: Any, *_: Any, **__: Any) -> Any:
    return decorated


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".", maxsplit=1)[0] not in _REPLACED:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _Module(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module is empty on purpose."""


def replace_tensorflow() -> None:
    """Make every later ``import tensorflow`` in this process cost nothing.

    Does nothing when TensorFlow was imported already.
    """
    is_done = any(isinstance(finder, _Finder) for finder in sys.meta_path)
    if not is_done and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
