"""Where the files of a package lie and which version it has, without setuptools.

Rasa 3.6.21 asks ``pkg_resources`` for both, which setuptools 82 removed and which takes a
quarter of a second to import, with a warning. Its two functions do little more than the standard
library's.
"""

import importlib.metadata
import importlib.resources
import sys
import types


def apply() -> None:
    """Provide ``pkg_resources`` to this process, unless somebody imported the real one."""
    if "pkg_resources" not in sys.modules:
        module = types.ModuleType("pkg_resources", __doc__)
        module.resource_filename = resource_filename  # type: ignore[attr-defined]
        module.get_distribution = importlib.metadata.distribution  # type: ignore[attr-defined]
        sys.modules["pkg_resources"] = module


def resource_filename(package: str, name: str) -> str:
    """Give the path of a file of ``package``, or of the package that holds that module."""
    module = sys.modules.get(package)
    where = package if module is None or hasattr(module, "__path__") else module.__package__
    return str(importlib.resources.files(str(where)).joinpath(name))
