"""Putting the delivery of tickets and answers together from the settings."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.delivery.desk_mail import DeskMailTarget
from bot.delivery.outbox import Target
from bot.delivery.request_tracker import (
    RequestTracker,
    RequestTrackerAccount,
    RequestTrackerTarget,
)
from bot.delivery.ticket import DESK_MAIL, REQUEST_TRACKER, WEBHOOK, Transcripts
from bot.delivery.webhook import WebhookAccount, WebhookTarget
from bot.delivery.worker import OutboxWorker
from bot.mailbox.accounts import imap_account, smtp_account
from bot.mailbox.targets import DraftsTarget, SmtpTarget
from bot.settings import Settings
from bot.storage import SqlOutbox


def ticket_targets(settings: Settings) -> list[str]:
    """Name where new tickets are delivered; nowhere unless a setting says so."""
    set_up = {
        DESK_MAIL: settings.desk_email,
        REQUEST_TRACKER: settings.rt_url,
        WEBHOOK: settings.webhook_url,
    }
    return [name for name, address in set_up.items() if address]


def request_tracker(settings: Settings) -> RequestTracker | None:
    """Build the adapter of the desk's tool, when there is one."""
    if not settings.rt_url or not settings.rt_password:
        return None
    password = settings.rt_password.get_secret_value()
    return RequestTracker(
        RequestTrackerAccount(
            settings.rt_url, settings.rt_user, password, settings.rt_queue, settings.rt_requestor
        )
    )


def build_worker(
    settings: Settings, engine: Engine, transcripts: Transcripts, now: Callable[[], datetime]
) -> OutboxWorker:
    """Build what delivers answers and tickets."""
    return OutboxWorker(SqlOutbox(engine), _targets(settings, transcripts, now), now)


def _targets(
    settings: Settings, transcripts: Transcripts, now: Callable[[], datetime]
) -> list[Target]:
    targets: list[Target] = []
    if settings.mail_address:
        targets.append(DraftsTarget(imap_account(settings)))
    if settings.smtp_host:
        smtp = SmtpTarget(smtp_account(settings))
        targets.append(smtp)
        if settings.desk_email:
            sender = settings.mail_address or settings.desk_email
            targets.append(DeskMailTarget(smtp, sender, settings.desk_email, transcripts, now))
    if tracker := request_tracker(settings):
        targets.append(RequestTrackerTarget(tracker, transcripts))
    if settings.webhook_url and settings.webhook_secret:
        secret = settings.webhook_secret.get_secret_value().encode()
        targets.append(WebhookTarget(WebhookAccount(settings.webhook_url, secret), transcripts))
    return targets
