"""Settings from the environment, checked once when a process starts."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, Field, SecretStr, ValidationError, validator

from bot.errors import HelpdeskError

PREFIX = "CYBO_"
# Read by the benchmark alone; a server started from the same shell must not trip over it.
_NOT_SETTINGS = frozenset({"CYBO_BENCH_DATA"})
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(HelpdeskError):
    """One or more environment variables hold what Cybo cannot use."""


class Settings(BaseModel):
    """Every setting, with the environment variable ``CYBO_<NAME>`` that sets it."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=1, le=65535, description="port to listen on")
    api_token: SecretStr | None = Field(
        None,
        description="bearer token for the tracker endpoint; required when HOST is not loopback",
    )
    contact_email: str = Field(
        "helpdesk.ba@nbb.be",
        regex=r"^[^@\s{}]+@[^@\s{}]+\.[^@\s{}]+$",
        description="address of the Contact Center, as answers print it",
    )
    contact_phone: str = Field(
        "02 221 30 01",
        regex=r"^[0-9 +/().-]{6,}$",
        description="telephone number of the Contact Center, as answers print it",
    )
    data_dir: Path = Field(Path("var"), description="folder of the SQLite databases")
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL address for tickets and trackers; SQLite in DATA_DIR without it",
    )
    model: Path = Field(
        Path("models"), description="trained model, or the folder of the newest one"
    )
    max_message_chars: int = Field(
        4000, ge=100, description="longest message that the chat accepts, in characters"
    )
    messages_per_minute: int = Field(
        60, ge=1, description="messages a minute that one visitor or address may send"
    )
    allowed_origins: tuple[str, ...] = Field(
        (),
        description="origins, separated by commas, whose pages may embed the widget "
        "(https://www.example.be); this server's own pages always may",
    )
    session_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="secret that signs chat sessions, the same for every process; "
        "a file in DATA_DIR without it",
    )
    session_hours: int = Field(
        24, ge=1, description="hours after which a chat can no longer be resumed"
    )
    connections_per_address: int = Field(
        200, ge=1, description="open chats that one address may have"
    )
    proxy_hops: int = Field(
        0,
        ge=0,
        description="load balancers in front, each adding a visitor's address to X-Forwarded-For",
    )
    log_level: str = Field(
        "INFO", regex="^(DEBUG|INFO|WARNING|ERROR)$", description="least severe line in the log"
    )

    class Config:
        """Frozen, and strict about names."""

        allow_mutation = False
        extra = Extra.forbid

    @validator("allowed_origins", pre=True)
    def _separate_by_commas(cls, origins: object) -> object:
        if isinstance(origins, str):
            return tuple(o.strip().rstrip("/") for o in origins.split(",") if o.strip())
        return origins

    @validator("allowed_origins", each_item=True)
    def _is_origin(cls, origin: str) -> str:
        if not re.fullmatch(r"https?://[^/\s*?#]+", origin):
            raise ValueError(f"{origin!r} is no origin; write it as https://www.example.be")
        return origin

    @validator("api_token", always=True)
    def _needs_token_off_loopback(
        cls, token: SecretStr | None, values: dict[str, Any]
    ) -> SecretStr | None:
        if values.get("host") not in LOOPBACK and not (token and token.get_secret_value()):
            raise ValueError(
                f"must be set when {PREFIX}HOST is another address than {' or '.join(LOOPBACK[:2])}"
            )
        return token

    @property
    def tickets_url(self) -> str:
        """SQLAlchemy address of Cybo's own tables."""
        return self._database("cybo.db")

    @property
    def trackers_url(self) -> str:
        """SQLAlchemy address of Rasa's trackers: a file of its own under SQLite."""
        return self._database("trackers.db")

    def _database(self, file_name: str) -> str:
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.absolute() / file_name}"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Build the settings from environment variables.

    Raises: SettingsError, naming every variable that is wrong or unknown and its remedy.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and value != "" and name not in _NOT_SETTINGS
    }
    try:
        return Settings.parse_obj(given)
    except ValidationError as error:
        problems = "; ".join(
            f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()
        )
        raise SettingsError(
            f"environment: {problems}. The README lists every setting and what it accepts"
        ) from error


def settings_table() -> list[tuple[str, str, str]]:
    """List variable, default and meaning of every setting, for the README and ``--help``."""
    return [
        (
            PREFIX + name.upper(),
            "" if field.default is None else str(field.default),
            str(field.field_info.description),
        )
        for name, field in Settings.__fields__.items()
    ]
