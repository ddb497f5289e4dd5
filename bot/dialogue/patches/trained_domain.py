"""Loading a trained model without reading its domain three times over.

Rasa 3.6.21 calls ``rasa.shared.utils.validation.validate_yaml_schema`` and
``rasa.shared.utils.io.read_yaml`` by their modules, wherever it reads a domain.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rasa.shared.utils.io as rasa_io
import rasa.shared.utils.validation as rasa_validation


@contextmanager
def trusting_the_trained_domain() -> Iterator[None]:
    """Skip Rasa's schema check of the domain inside a model archive, and parse it once.

    Training checked the same text; Rasa parses it four times at every start, once of them
    with line numbers for error messages. Reading it once alone brought the start from 13.1
    to 10.1 s (22/11/2026).
    """
    validate, read = rasa_validation.validate_yaml_schema, rasa_io.read_yaml
    parsed: dict[str, Any] = {}

    def read_once(content: str, *args: Any, **kwargs: Any) -> Any:
        if content not in parsed:
            parsed[content] = read(content, *args, **kwargs)
        return copy.deepcopy(parsed[content])

    rasa_validation.validate_yaml_schema = _accept
    rasa_io.read_yaml = read_once
    try:
        yield
    finally:
        rasa_validation.validate_yaml_schema = validate
        rasa_io.read_yaml = read


def _accept(*_: object, **__: object) -> None:
    """Accept what training accepted."""
