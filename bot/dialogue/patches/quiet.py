"""What Rasa and its packages print, for `cybo`, that no user can act on.

Rasa 3.6.21 configures structlog only in its own commands: elsewhere every debug line is rendered
and printed, one for each rule and turn. It draws its progress bars unless its own variable
``LOG_LEVEL`` says WARNING (``is_logging_disabled`` in rasa/shared/utils/io.py). And its packages
warn of each other at every start; some switch filters of warnings back on, so the last step of
showing one is what is replaced.
"""

import logging
import os
import warnings


def quieten() -> None:
    """Keep Rasa to warnings and errors in this process; ours are logged and not touched."""
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    warnings.showwarning = _say_nothing


def quieten_structlog() -> None:
    """Drop debug lines before they are rendered; once Rasa is imported."""
    import structlog  # noqa: PLC0415 (`cybo settings` needs none of it)

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))


def _say_nothing(*_: object, **__: object) -> None:
    """Swallow a warning that only a maintainer of Rasa could act on."""
