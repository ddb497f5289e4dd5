"""Settings from the environment, checked once when a process starts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.environment import PREFIX, settings_in
from bot.errors import HelpdeskError
from bot.setting_values import check_keys, check_networks, check_origins, named_details
from bot.triage.modes import Modes, ModeUnknown

_IN_PROJECT = ("data_dir", "model", "retention")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(HelpdeskError):
    """One or more environment variables hold what Cybo cannot use."""


class Settings(BaseModel):
    """Every setting, with the environment variable ``CYBO_<NAME>`` that sets it."""

    project: Path = Field(
        Path("."),
        description="folder of config.yml, domain.yml and data/; the other folders start from it",
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=1, le=65535, description="port to listen on")
    api_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="bearer token of at least 16 characters for trackers and metrics; required "
        "when HOST is not loopback",
    )
    contact_email: str = Field(
        "helpdesk.ba@nbb.be",
        pattern=r"^[^@\s{}]+@[^@\s{}]+\.[^@\s{}]+$",
        description="address of the Contact Center, as answers print it",
    )
    contact_phone: str = Field(
        "02 221 30 01",
        pattern=r"^[0-9 +/().-]{6,}$",
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
    tickets_per_conversation_day: int = Field(
        20, ge=1, description="tickets that one chat may open in a day"
    )
    tickets_per_address_day: int = Field(
        200, ge=1, description="tickets that chats may open in a day for one certificate's address"
    )
    tickets_per_network_day: int = Field(
        60,
        ge=1,
        description="tickets that chats from one network (/24, /64) may open in a day; this "
        "machine's own is not counted",
    )
    tickets_per_day: int = Field(
        500, ge=1, description="tickets that all chats together may open in a day"
    )
    request_may_lack: tuple[str, ...] = Field(
        ("certificate_number", "certificate_type"),
        description="details, separated by commas, that a migration request may go without; "
        "none for no detail",
    )
    allowed_origins: tuple[str, ...] = Field(
        (),
        description="origins, separated by commas, whose pages may embed the widget "
        "(https://www.example.be); this server's own pages always may",
    )
    session_key: SecretStr | None = Field(
        None,
        description="secret of 32 characters or more that signs chat sessions, ticket codes and "
        "threads of mails, the same for every process; required with DATABASE_URL, else a file "
        "in DATA_DIR without it. Two, separated by a comma, while it is changed: the first "
        "signs, both are known",
    )
    session_hours: int = Field(
        24, ge=1, description="hours after which a chat can no longer be resumed"
    )
    turns_per_session: int = Field(
        500, ge=1, description="messages after which a conversation must begin anew or rest an hour"
    )
    connections_per_address: int = Field(
        200, ge=1, description="open chats that one address may have"
    )
    connections: int = Field(
        2000,
        ge=8,
        description="connections open at once, from everywhere; chats take up three quarters",
    )
    trusted_proxies: tuple[str, ...] = Field(
        (),
        description="addresses or networks, separated by commas, of the proxies in front; only "
        "what they say in X-Forwarded-For and X-Forwarded-Proto counts",
    )
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="port of its own for /metrics, where no token is asked for",
    )
    metrics_host: str = Field("127.0.0.1", description="address that METRICS_PORT listens on")
    mail_address: str | None = Field(
        None,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
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
        "tls", pattern="^(tls|starttls|none)$", description="tls, starttls, or none on loopback"
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
        "starttls",
        pattern="^(tls|starttls|none)$",
        description="tls, starttls, or none on loopback",
    )
    smtp_user: str = Field("", description="login name; none when empty")
    smtp_password: SecretStr | None = Field(None, description="its password")
    smtp_bounce_address: str = Field(
        "",
        description="address for delivery reports that no machine answers; empty for none",
    )
    desk_email: str | None = Field(
        None,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        description="address that every new ticket is mailed to; needs SMTP_HOST",
    )
    rt_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="Request Tracker 5 that every new ticket is created in, as in "
        "https://rt.example.be/rt",
    )
    rt_user: str = Field("", description="its user; empty when RT_PASSWORD is a token")
    rt_password: SecretStr | None = Field(
        None, description="password or authentication token; required with RT_URL"
    )
    rt_queue: str = Field("General", description="its queue")
    rt_requestor: str = Field(
        "never",
        pattern="^(never|mail|always)$",
        description="who becomes the requestor there, to whom it may write: never anybody, mail "
        "for the sender of a mail (needs MAIL_TRUSTED_HOST), always also the unproven address "
        "given in a chat",
    )
    webhook_url: str | None = Field(
        None, pattern=r"^https?://[^\s]+$", description="address that every new ticket is posted to"
    )
    webhook_secret: SecretStr | None = Field(
        None, min_length=32, description="secret that signs those posts; required with WEBHOOK_URL"
    )
    desk_sso_header: str = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
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
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least severe line in the log"
    )

    # A setting that is missing has to answer to the others as well.
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @field_validator(
        "allowed_origins",
        "mail_aliases",
        "desk_sso_proxies",
        "trusted_proxies",
        "request_may_lack",
        mode="before",
    )
    def _separate_by_commas(cls, values: object) -> object:
        if isinstance(values, str):
            return tuple(v.strip().rstrip("/") for v in values.split(",") if v.strip())
        return values

    @field_validator("allowed_origins")
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        check_origins(origins)
        return origins

    @field_validator("request_may_lack")
    def _are_details(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return named_details(names)

    @field_validator("api_token")
    def _needs_token_off_loopback(
        cls, token: SecretStr | None, about: ValidationInfo
    ) -> SecretStr | None:
        if about.data.get("host") not in LOOPBACK and not (token and token.get_secret_value()):
            raise ValueError(
                f"must be set when {PREFIX}HOST is another address than {' or '.join(LOOPBACK[:2])}"
            )
        return token

    @field_validator("session_key")
    def _is_long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key:
            check_keys(key.get_secret_value())
        return key

    @field_validator("mail_modes")
    def _is_readable(cls, modes: str) -> str:
        try:
            Modes.parse(modes)
        except ModeUnknown as error:
            raise ValueError(str(error)) from error
        return modes

    @field_validator("mail_require_dmarc")
    def _needs_trusted_host(cls, is_required: bool, about: ValidationInfo) -> bool:
        if is_required and not about.data.get("mail_trusted_host"):
            raise ValueError(f"needs {PREFIX}MAIL_TRUSTED_HOST, the server that checks")
        return is_required

    @field_validator("imap_host", "imap_user", "imap_password")
    def _needed_for_mail(cls, value: object, about: ValidationInfo) -> object:
        if about.data.get("mail_address") and not value:
            raise ValueError(f"must be set when {PREFIX}MAIL_ADDRESS is set")
        return value

    @field_validator("smtp_host")
    def _needed_for_sending(cls, host: str | None, about: ValidationInfo) -> str | None:
        may_send = Modes.parse(about.data.get("mail_modes") or "").may_send
        if about.data.get("mail_address") and may_send and not host:
            raise ValueError(f"must be set when {PREFIX}MAIL_MODES lets answers be sent")
        return host

    @field_validator("desk_email")
    def _needs_server(cls, address: str | None, about: ValidationInfo) -> str | None:
        if address and not about.data.get("smtp_host"):
            raise ValueError(f"needs {PREFIX}SMTP_HOST, the server that sends")
        return address

    @field_validator("rt_password", "webhook_secret")
    def _needed_for_delivery(
        cls, secret: SecretStr | None, about: ValidationInfo
    ) -> SecretStr | None:
        target = str(about.field_name).partition("_")[0]
        if about.data.get(f"{target}_url") and not secret:
            raise ValueError(f"must be set when {PREFIX}{target.upper()}_URL is set")
        return secret

    @field_validator("rt_requestor")
    def _needs_proof(cls, requestor: str, about: ValidationInfo) -> str:
        if requestor == "mail" and not about.data.get("mail_trusted_host"):
            raise ValueError(
                f"mail needs {PREFIX}MAIL_TRUSTED_HOST, whose verdicts tell a forged sender"
            )
        return requestor

    @field_validator("rt_url", "webhook_url")
    def _is_sealed(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError(
                "http:// would send personal data and a secret in clear; use https:// (http:// "
                "is for this machine itself)"
            )
        return url

    @field_validator("desk_sso_proxies")
    def _are_named(cls, proxies: tuple[str, ...], about: ValidationInfo) -> tuple[str, ...]:
        if about.data.get("desk_sso_header") and not proxies:
            raise ValueError(f"must be set when {PREFIX}DESK_SSO_HEADER is set")
        return proxies

    @field_validator("desk_sso_proxies", "trusted_proxies")
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        check_networks(proxies)
        return proxies

    @field_validator("imap_security", "smtp_security")
    def _is_safe(cls, security: str, about: ValidationInfo) -> str:
        host = about.data.get(str(about.field_name).replace("security", "host"))
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

    Names that no setting has are left alone: ``bot.environment.warnings_for`` speaks of them.

    Raises: SettingsError, naming every variable that is wrong and its remedy.
    """
    meanings = {name: (default, meaning) for name, default, meaning in settings_table()}
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in settings_in(environ).items()
        if name in meanings
    }
    if project := given.get("project"):
        for field in _IN_PROJECT:
            default, _ = meanings[PREFIX + field.upper()]
            given[field] = str(Path(project) / given.get(field, default))
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        problems = "; ".join(_problem(item, meanings) for item in error.errors())
        raise SettingsError(
            f"settings: {problems}. Correct or remove what is named, in the environment or the "
            ".env file"
        ) from error


def _problem(item: Mapping[str, Any], meanings: Mapping[str, tuple[str, str]]) -> str:
    name = PREFIX + "".join(map(str, item["loc"][:1])).upper()
    problem = str(item["msg"]).removeprefix("Value error, ")
    if name not in meanings:  # about several at once
        return problem
    default, meaning = meanings[name]
    return f"{name}: {problem} ({meaning}; default: {default or 'none'})"


def settings_table() -> list[tuple[str, str, str]]:
    """List variable, default and meaning of every setting, for docs/settings.md and ``--help``."""
    return [
        (
            PREFIX + name.upper(),
            _printable(field.default),
            str(field.description),
        )
        for name, field in Settings.model_fields.items()
    ]


def settings_origin(
    settings: Settings, environ: Mapping[str, str], files: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """List variable, value and where it came from, of every setting; secrets are masked.

    ``environ`` is what ``settings`` were read from, with what a `.env` file added; ``files``
    names that file for each variable that it added.
    """
    given = settings_in(environ)
    return [
        (
            name,
            _printable(getattr(settings, name.removeprefix(PREFIX).lower())),
            files.get(name, "environment") if name in given else "default",
        )
        for name, _, _ in settings_table()
    ]


def _printable(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    # A secret prints as asterisks.
    return "" if value is None else str(value)
