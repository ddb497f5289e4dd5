"""Reading `retention.yml`."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import HelpdeskError
from bot.keeping.retention import Retention
from bot.settings import Settings

# The journal of mails tells for 30 days whom no mail could reach.
_LEAST_MAIL_DAYS = 31
_TEN_YEARS = 3653
_Days = Annotated[int, Field(strict=True, ge=1, le=_TEN_YEARS)]
_MailDays = Annotated[int, Field(strict=True, ge=_LEAST_MAIL_DAYS, le=_TEN_YEARS)]


class RetentionError(HelpdeskError):
    """The file is missing, or does not say how long everything is kept."""


class _Content(BaseModel):
    conversation_days: _Days
    mail_days: _MailDays
    ticket_days: _Days
    feedback_days: _Days
    delivery_days: _Days
    desk_session_days: _Days

    model_config = ConfigDict(extra="forbid")


def read_retention(settings: Settings) -> Retention:
    """Read how long what is kept.

    Raises: RetentionError, naming the file and every key that is wrong.
    """
    path = settings.retention
    try:
        content = _Content.model_validate(_load(path))
    except ValidationError as error:
        problems = "; ".join(f"{_key(item['loc'])}: {item['msg']}" for item in error.errors())
        raise RetentionError(f"{path}: {problems}; docs/keeping.md lists every key") from error
    if content.mail_days <= settings.mail_max_age_days:
        # Else a mail whose journal entry is gone would be taken for a new one.
        raise RetentionError(
            f"{path}: mail_days: must be more than CYBO_MAIL_MAX_AGE_DAYS, "
            f"which is {settings.mail_max_age_days}"
        )
    return Retention(**content.model_dump())


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RetentionError(
            f"{path}: not found; run this command in the project's folder, or set CYBO_PROJECT or "
            "CYBO_RETENTION"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RetentionError(f"{path}: is not readable as YAML") from error


def _key(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else "the file"
