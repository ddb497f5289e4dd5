"""Versions that are none, as in a training file that says ``version: latest``.

Rasa 3.6.21 (rasa/shared/utils/validation.py) imports ``packaging.version.LegacyVersion``, the
result of parsing such a version until packaging 22 began to raise an error instead. Rasa answers
it with a warning that names the file.
"""

from types import ModuleType, SimpleNamespace

import packaging.version
import wrapt


class LegacyVersion(str):
    """A version that follows no scheme."""

    __slots__ = ()


def apply() -> None:
    """Bring the class back, and have Rasa's validation meet it."""
    packaging.version.LegacyVersion = LegacyVersion  # type: ignore[attr-defined]
    wrapt.register_post_import_hook(_replace, "rasa.shared.utils.validation")


def _replace(validation: ModuleType) -> None:
    validation.version = SimpleNamespace(parse=_parse)  # type: ignore[attr-defined]


def _parse(version: str) -> packaging.version.Version | LegacyVersion:
    try:
        return packaging.version.parse(version)
    except packaging.version.InvalidVersion:
        return LegacyVersion(version)
