"""Stand-ins for packages that Rasa imports and Cybo never uses.

Rasa 3.6.21 imports TensorFlow, seven chat platforms, three clouds and matplotlib as soon as its
agent or its commands are imported: 2.2 GB on disk, 380 MB of memory and 5 s at every start
(22/11/2026). Where one is not installed, an empty module takes its place; what really needs it
then fails when it is used, and says what to install. An installed package is left alone.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Sequence
from typing import Any

# No extra can bring it: 2.12 is the last that Rasa runs on, 3.11 the last Python that it runs on.
_TENSORFLOW = (
    "TensorFlow 2.12, which no Python that Cybo runs on can install; take the component out of "
    "config.yml, or run it with stock Rasa in an environment of its own on Python 3.10"
)
_TENSORFLOW_PARTS = (
    "keras",
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_hub",
    "tensorflow_text",
)
# By the name that is imported, the name to install.
_DISTRIBUTIONS = {
    "aio_pika": "aio-pika",
    "aiogram": "aiogram",
    "aiormq": "aiormq",
    "boto3": "boto3",
    "botocore": "botocore",
    "cachecontrol": "cachecontrol",
    "dask": "dask",
    "fbmessenger": "fbmessenger",
    "google": "google-auth",
    "matplotlib": "matplotlib",
    "mattermostwrapper": "mattermostwrapper",
    "pymongo": "pymongo",
    "rocketchat_API": "rocketchat-API",
    "slack_sdk": "slack-sdk",
    "twilio": "twilio",
    "webexteamssdk": "webexteamssdk",
}
NEEDS = dict.fromkeys(_TENSORFLOW_PARTS, _TENSORFLOW) | {
    name: f'the package {distribution}, which Cybo leaves out: pip install "{distribution}"'
    for name, distribution in _DISTRIBUTIONS.items()
}
# Rasa's data for TensorFlow models: of no use without it, and it brings scikit-learn and SciPy,
# a fifth of the processor time of every start.
_FOR_TENSORFLOW = "rasa.utils.tensorflow.model_data"
# Decorators that only mark what they decorate, at import.
_MARKS = frozenset({"function", "register_keras_serializable"})


class PackageLeftOut(RuntimeError):
    """Something wants to use a package that is not installed."""


class _NameSpace(type):
    """Lets class bodies and annotations such as ``tf.keras.layers.Layer`` be evaluated."""

    _needs: str

    def __getattr__(cls, name: str) -> Any:
        return _stand_in(name, cls._needs)


class _Absent(metaclass=_NameSpace):
    """Stands for a class, function or constant of an absent package."""

    _needs = ""

    def __new__(cls, *_: Any, **__: Any) -> Any:
        raise PackageLeftOut(f"{cls.__name__} needs {cls._needs}")


def _stand_in(name: str, needs: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if name in _MARKS:
        return _mark
    if name.endswith(("Error", "Exception")):
        # Only an exception may stand behind ``except``.
        return type(name, (Exception,), {})
    return _NameSpace(name, (_Absent,), {"_needs": needs})


def _mark(*decorated: Any, **_: Any) -> Any:
    return decorated[0] if decorated and callable(decorated[0]) else _mark


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        return _stand_in(name, NEEDS.get(self.__name__.split(".", maxsplit=1)[0], _TENSORFLOW))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".", maxsplit=1)[0] not in NEEDS:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _Module(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module is empty on purpose."""


def stand_in() -> None:
    """Answer for absent packages, after every finder that knows real ones."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if importlib.util.find_spec("tensorflow") is None:
        sys.modules.setdefault(_FOR_TENSORFLOW, _Module(_FOR_TENSORFLOW))
    sys.meta_path.append(_Finder())
