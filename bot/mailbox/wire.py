"""What passes between the process that serves and the one that reads mails.

Only the classes named here come back: whoever got the better of the reader, which takes in
foreign bytes, must not make the other process run anything by an answer.
"""

import copyreg
import io
import pickle
from typing import Any

from bot.details import InvalidDetail

# Whatever is not named here is refused.
_CLASSES = {
    ("bot.details.model", "InvalidDetail"),
    ("bot.mailbox.reading", "Reading"),
    ("bot.triage.bounces", "Bounce"),
    ("bot.triage.decide", "Understanding"),
    ("bot.triage.mail", "Attachment"),
    ("bot.triage.mail", "Mail"),
    ("bot.triage.request", "Request"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
}
READY, READ, QUARANTINED, FAILED = "ready", "read", "quarantined", "failed"


def encode(kind: str, *content: Any) -> bytes:
    """Write an answer."""
    return pickle.dumps((kind, *content), protocol=pickle.HIGHEST_PROTOCOL)


def decode(answer: bytes) -> tuple[str, tuple[Any, ...]]:
    """Read an answer. Raises: pickle.UnpicklingError, for whatever is none."""
    content = _Unpickler(io.BytesIO(answer)).load()
    if not isinstance(content, tuple) or not content or not isinstance(content[0], str):
        raise pickle.UnpicklingError("no answer of a reader")
    return content[0], content[1:]


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _CLASSES:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a reading")
        return super().find_class(module, name)


def _reduced(error: InvalidDetail) -> tuple[type[InvalidDetail], tuple[str, str]]:
    return InvalidDetail, (error.detail, error.reason)


copyreg.pickle(InvalidDetail, _reduced)
