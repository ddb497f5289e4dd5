"""`cybo init`: a project to adapt, from the files that came with Cybo."""

import shutil
from pathlib import Path

import bot
from bot.errors import HelpdeskError
from bot.settings import settings_table

_PACKAGE = Path(bot.__file__).parent
_STARTER = _PACKAGE / "starter"
# A wheel has them beside the README of new projects; a checkout of Cybo is such a project itself.
_SHARED = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "retention.yml", "data")
_ENV_EXAMPLE, _GITIGNORE, _README = ".env.example", ".gitignore", "README.md"
_IGNORED = (".env", ".rasa/", "models/", "var/")


class ProjectExists(HelpdeskError):
    """The folder has files that a new project would replace."""


def write_project(folder: Path) -> list[str]:
    """Write a project that `cybo train` and `cybo serve` work in.

    Returns: the names of what was written.
    Raises: ProjectExists, before anything is written.
    """
    names = (*_SHARED, _README, _ENV_EXAMPLE, _GITIGNORE)
    if in_the_way := [name for name in names if (folder / name).exists()]:
        raise ProjectExists(
            f"{folder}: has {', '.join(in_the_way)} already, and nothing is overwritten; "
            "choose an empty folder, or move what is there"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _SHARED:
            _copy(_source(name), folder / name)
        _copy(_STARTER / _README, folder / _README)
        (folder / _ENV_EXAMPLE).write_text(env_example(), encoding="utf-8")
        (folder / _GITIGNORE).write_text("".join(f"{name}\n" for name in _IGNORED))
    except OSError as error:
        raise HelpdeskError(
            f"{folder}: cannot be written ({error.strerror}); choose a folder that you may write in"
        ) from error
    return list(names)


def env_example() -> str:
    """List every setting as a comment, with its meaning and default, for a `.env` file."""
    head = (
        "# Settings of Cybo. Copy this file to .env, and take the # away from what you set.\n"
        "# The environment goes before this file. `cybo settings` shows what holds.\n"
    )
    return head + "".join(
        f"\n# {meaning}\n#{name}={default}\n" for name, default, meaning in settings_table()
    )


def _source(name: str) -> Path:
    packed = _STARTER / name
    return packed if packed.exists() else _PACKAGE.parent / name


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
