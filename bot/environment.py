"""Environment variables before they become settings: `.env` files, misspelt names, foreign ones."""

import difflib
from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path

from bot.errors import HelpdeskError

PREFIX = "CYBO_"
ENV_FILE = "CYBO_ENV_FILE"
"""Names another file than `.env`."""
PROJECT = "CYBO_PROJECT"
"""Names the project's folder; the setting of that name reads it too."""

# Read by the benchmark and by this module; neither is a setting.
_NO_SETTINGS = frozenset({"CYBO_BENCH_DATA", ENV_FILE})
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
_PROTOCOLS = ("tcp", "udp", "sctp")


class EnvFileError(HelpdeskError):
    """A `.env` file is missing, or has a line that nobody can read."""


def load_env_file(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Take over the variables of the `.env` file that ``environ`` does not have.

    The file is the one that ``CYBO_ENV_FILE`` names, else `.env` in the project's folder, where
    there is one. Only names that begin with ``CYBO_`` count: such files are shared with other
    programs.

    Returns: the file that each variable taken over stands in.
    Raises: EnvFileError, naming the line that is wrong.
    """
    path = _env_file(environ)
    if path is None:
        return {}
    content = read_env_file(path)
    taken = {
        name: value
        for name, value in content.items()
        # One that is set and empty counts as not set, as everywhere.
        if name.startswith(PREFIX) and not environ.get(name)
    }
    environ.update(taken)
    return dict.fromkeys(taken, str(path))


def _env_file(environ: Mapping[str, str]) -> Path | None:
    if named := environ.get(ENV_FILE):
        return Path(named)
    path = Path(environ.get(PROJECT) or ".") / ".env"
    return path if path.is_file() else None


def read_env_file(path: Path) -> dict[str, str]:
    """Read ``KEY=VALUE`` lines, with comments and quotes.

    Raises: EnvFileError, naming the line that is wrong, never its value.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise EnvFileError(
            f"{path}: cannot be read ({error.strerror}); correct {ENV_FILE} or the file's rights"
        ) from error
    except UnicodeDecodeError as error:
        raise EnvFileError(f"{path}: is not UTF-8; save it as UTF-8") from error
    content: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        where = f"{path}, line {number}"
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, has_sign, value = text.removeprefix("export ").partition("=")
        name = name.strip()
        if not has_sign or not name.isidentifier():
            raise EnvFileError(f"{where}: is not NAME=VALUE; correct it or begin it with #")
        if name in content:
            raise EnvFileError(f"{where}: {name} is set a second time; remove one of the two")
        content[name] = _value(value.strip(), f"{where}: {name}")
    return content


def _value(text: str, where: str) -> str:
    if text[:1] not in ("'", '"'):
        # A # inside a word belongs to it, as in a password.
        before, _, _ = text.partition(" #")
        return "" if text.startswith("#") else before.rstrip()
    quote, value, rest = text[0], "", ""
    characters = iter(enumerate(text[1:], start=2))
    for position, character in characters:
        if character == quote:
            rest = text[position:].strip()
            break
        if character == "\\" and quote == '"':
            _, escaped = next(characters, (0, ""))
            if escaped not in _ESCAPES:
                raise EnvFileError(
                    rf"{where}: \{escaped} means nothing in double quotes; write \\ for a backslash"
                )
            character = _ESCAPES[escaped]  # noqa: PLW2901 (what the two characters stand for)
        value += character
    else:
        raise EnvFileError(f"{where}: the quote is not closed; close it on the same line")
    if rest and not rest.startswith("#"):
        raise EnvFileError(f"{where}: has text after the closing quote; begin a comment with #")
    return value


def settings_in(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the variables that are meant as settings, known or not, leaving empty ones out."""
    return {
        name: value
        for name, value in environ.items()
        if name.startswith(PREFIX)
        and value
        and name not in _NO_SETTINGS
        and not _is_of_kubernetes(name, value)
    }


def warnings_for(environ: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """Say of every variable that is no setting what it may have been meant for."""
    names = list(known)
    return [
        f"{name}: is no setting, and has no effect{_nearest(name, names)}"
        for name in sorted(settings_in(environ))
        if name not in names
    ]


def _nearest(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
    return f"; did you mean {near[0]}?" if near else "; `cybo settings` lists those there are"


def _is_of_kubernetes(name: str, value: str) -> bool:
    """Recognise what Kubernetes sets for services whose name begins with `cybo`.

    For a service ``cybo`` on port 8080 that is ``CYBO_PORT=tcp://10.0.0.1:8080``,
    ``CYBO_SERVICE_HOST``, ``CYBO_SERVICE_PORT``, ``CYBO_SERVICE_PORT_HTTP``,
    ``CYBO_PORT_8080_TCP`` and the same with ``_ADDR``, ``_PORT`` and ``_PROTO``
    (kubernetes.io, "Accessing the Service", environment variables).
    """
    if name.endswith("_PORT") and value.startswith(tuple(f"{p}://" for p in _PROTOCOLS)):
        return True
    if name.endswith(("_SERVICE_HOST", "_SERVICE_PORT")) or "_SERVICE_PORT_" in name:
        return True
    _, has_port, rest = name.partition("_PORT_")
    number, _, protocol = rest.partition("_")
    return bool(has_port) and number.isdigit() and protocol.lower().startswith(_PROTOCOLS)
