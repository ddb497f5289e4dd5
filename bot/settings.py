"""Settings from the environment, checked once when a process starts."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, Field, SecretStr, ValidationError, validator
from pydantic.fields import ModelField

from bot.errors import HelpdeskError
from bot.triage.modes import Modes, ModeUnknown

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
    mail_address: str | None = Field(
        None,
        regex=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        description="address of the helpdesk's mailbox, the sender of its answers; "
        "without it Cybo reads no mail",
    )
    mail_aliases: tuple[str, ...] = Field(
        (), description="other addresses, separated by commas, whose mail reaches that mailbox"
    )
    mail_modes: str = Field(
        "draft",
        description="what happens with answers (off, draft, send), by language, topic or both: "
        "`draft, nl=send, fees.fr=off`",
    )
    mail_max_age_days: int = Field(
        7, ge=1, description="mails that came longer ago are left alone, in days"
    )
    mail_max_megabytes: int = Field(
        25, ge=1, le=100, description="larger mails go to the quarantine folder unread"
    )
    mail_poll_seconds: int = Field(
        60, ge=1, description="seconds between two looks where the server cannot announce mail"
    )
    mail_per_sender_hour: int = Field(
        4, ge=1, description="answers that one sender or recipient may get in an hour"
    )
    mail_per_thread: int = Field(8, ge=1, description="answers that one thread may get")
    mail_per_domain_hour: int = Field(
        40,
        ge=1,
        description="answers that the addresses of one domain may get in an hour; providers of "
        "free mailboxes are exempt",
    )
    mail_per_hour: int = Field(
        200,
        ge=1,
        description="answers that may leave in an hour; a quarter is kept for people who were "
        "answered before or have a ticket",
    )
    mail_kept_megabytes: int = Field(
        5000, ge=0, description="megabytes of mails kept beside tickets; beyond it the text only"
    )
    mail_kept_per_sender: int = Field(
        50, ge=0, description="megabytes of them that one sender may add in a day"
    )
    mail_trusted_host: str = Field(
        "",
        description="name by which your mail server signs Authentication-Results; "
        "only its verdicts count",
    )
    mail_require_dmarc: bool = Field(
        False,
        description="treat senders whose mail that server did not mark dmarc=pass as unknown: "
        "no answer, no part in a thread or ticket; needs MAIL_TRUSTED_HOST",
    )
    imap_host: str | None = Field(None, description="IMAP server; required with MAIL_ADDRESS")
    imap_port: int = Field(993, ge=1, le=65535, description="port of the IMAP server")
    imap_security: str = Field(
        "tls", regex="^(tls|starttls|none)$", description="tls, starttls, or none on loopback"
    )
    imap_user: str | None = Field(None, description="login name; required with MAIL_ADDRESS")
    imap_password: SecretStr | None = Field(
        None, description="its password; required with MAIL_ADDRESS"
    )
    imap_folder: str = Field("INBOX", description="folder to read")
    imap_drafts: str = Field("Drafts", description="folder for drafts")
    imap_quarantine: str = Field("Quarantine", description="folder for mails set aside")
    imap_sent: str = Field(
        "Sent", description="folder of what people sent; tells which drafts they changed"
    )
    smtp_host: str | None = Field(
        None, description="submission server; required when MAIL_MODES lets anything be sent"
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the submission server")
    smtp_security: str = Field(
        "starttls", regex="^(tls|starttls|none)$", description="tls, starttls, or none on loopback"
    )
    smtp_user: str = Field("", description="login name; none when empty")
    smtp_password: SecretStr | None = Field(None, description="its password")
    smtp_bounce_address: str = Field(
        "",
        description="address for delivery reports that no machine answers; empty for none",
    )
    desk_email: str | None = Field(
        None,
        regex=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        description="address that every new ticket is mailed to; needs SMTP_HOST",
    )
    rt_url: str | None = Field(
        None,
        regex=r"^https?://[^\s]+$",
        description="Request Tracker 5 that every new ticket is created in, as in "
        "https://rt.example.be/rt",
    )
    rt_user: str = Field("", description="its user; empty when RT_PASSWORD is a token")
    rt_password: SecretStr | None = Field(
        None, description="password or authentication token; required with RT_URL"
    )
    rt_queue: str = Field("General", description="its queue")
    webhook_url: str | None = Field(
        None, regex=r"^https?://[^\s]+$", description="address that every new ticket is posted to"
    )
    webhook_secret: SecretStr | None = Field(
        None, min_length=32, description="secret that signs those posts; required with WEBHOOK_URL"
    )
    desk_sso_header: str = Field(
        "",
        regex=r"^[A-Za-z0-9-]*$",
        description="header in which a proxy names who signed in to the desk's pages, as in "
        "X-Remote-User; empty for passwords only",
    )
    desk_sso_proxies: tuple[str, ...] = Field(
        (),
        description="addresses or networks, separated by commas, that DESK_SSO_HEADER is "
        "believed from; required with it",
    )
    retention: Path = Field(
        Path("retention.yml"), description="file that says how long what is kept"
    )
    log_level: str = Field(
        "INFO", regex="^(DEBUG|INFO|WARNING|ERROR)$", description="least severe line in the log"
    )

    class Config:
        """Frozen, and strict about names."""

        allow_mutation = False
        extra = Extra.forbid

    @validator("allowed_origins", "mail_aliases", "desk_sso_proxies", pre=True)
    def _separate_by_commas(cls, values: object) -> object:
        if isinstance(values, str):
            return tuple(v.strip().rstrip("/") for v in values.split(",") if v.strip())
        return values

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

    @validator("mail_modes")
    def _is_readable(cls, modes: str) -> str:
        try:
            Modes.parse(modes)
        except ModeUnknown as error:
            raise ValueError(str(error)) from error
        return modes

    @validator("mail_require_dmarc")
    def _needs_trusted_host(cls, is_required: bool, values: dict[str, Any]) -> bool:
        if is_required and not values.get("mail_trusted_host"):
            raise ValueError(f"needs {PREFIX}MAIL_TRUSTED_HOST, the server that checks")
        return is_required

    @validator("imap_host", "imap_user", "imap_password", always=True)
    def _needed_for_mail(cls, value: object, values: dict[str, Any]) -> object:
        if values.get("mail_address") and not value:
            raise ValueError(f"must be set when {PREFIX}MAIL_ADDRESS is set")
        return value

    @validator("smtp_host", always=True)
    def _needed_for_sending(cls, host: str | None, values: dict[str, Any]) -> str | None:
        may_send = Modes.parse(values.get("mail_modes") or "").may_send
        if values.get("mail_address") and may_send and not host:
            raise ValueError(f"must be set when {PREFIX}MAIL_MODES lets answers be sent")
        return host

    @validator("desk_email", always=True)
    def _needs_server(cls, address: str | None, values: dict[str, Any]) -> str | None:
        if address and not values.get("smtp_host"):
            raise ValueError(f"needs {PREFIX}SMTP_HOST, the server that sends")
        return address

    @validator("rt_password", "webhook_secret", always=True)
    def _needed_for_delivery(
        cls, secret: SecretStr | None, values: dict[str, Any], field: ModelField
    ) -> SecretStr | None:
        target = field.name.partition("_")[0]
        if values.get(f"{target}_url") and not secret:
            raise ValueError(f"must be set when {PREFIX}{target.upper()}_URL is set")
        return secret

    @validator("desk_sso_proxies", always=True)
    def _are_networks(cls, proxies: tuple[str, ...], values: dict[str, Any]) -> tuple[str, ...]:
        if values.get("desk_sso_header") and not proxies:
            raise ValueError(f"must be set when {PREFIX}DESK_SSO_HEADER is set")
        for proxy in proxies:
            ip_network(proxy)
        return proxies

    @validator("imap_security", "smtp_security")
    def _is_safe(cls, security: str, values: dict[str, Any], field: ModelField) -> str:
        host = values.get(field.name.replace("security", "host"))
        if security == "none" and host and host not in LOOPBACK:
            raise ValueError(
                f"none would send the password to {host} in clear; use tls or starttls"
            )
        return security

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
