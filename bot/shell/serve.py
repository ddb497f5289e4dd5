"""`cybo serve`: one process that chats, reads mail, delivers, shows the desk and tidies up."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Engine

from actions.handed import actions_with
from actions.services import services_of
from bot.channels.gateway import Gateway, MailService, Service
from bot.channels.housekeeping import DailyPurge, Heartbeat
from bot.channels.journal import TurnJournal
from bot.channels.review_vectors import ReviewVectors
from bot.channels.sessions import signing_key
from bot.channels.transcripts import transcripts_of
from bot.delivery.build import build_worker, request_tracker
from bot.delivery.status_watch import StatusWatch
from bot.desk.parts import Surroundings
from bot.desk.site import Desk
from bot.dialogue.assistant import Assistant
from bot.errors import HelpdeskError
from bot.guidance.sources import read_sources
from bot.keeping.retention import Retention
from bot.mailbox.build import MailParts
from bot.mailbox.clerk import Clerk
from bot.mailbox.reader import ReaderApart
from bot.mailbox.reading import Reader
from bot.nlu.encoder import encode_as_trained
from bot.review.verdicts import topic_titles
from bot.settings import Settings
from bot.shell.console import ERR
from bot.shell.keeping import purger
from bot.storage import (
    SqlFeedbackStore,
    SqlReviews,
    SqlTicketStore,
    SqlTurnStore,
    open_database,
)
from bot.storage.engine import hold_open
from bot.storage.history import keep_up


def now() -> datetime:
    """Give the present moment, timezone-aware."""
    return datetime.now(timezone.utc)


def application(
    settings: Settings, assistant: Assistant, facts: Mapping[str, Any], retention: Retention
) -> web.Application:
    """Put everything together that one process serves."""
    engine = open_database(settings.tickets_url)
    held = hold_open(engine)

    def keep_up_with() -> str:
        was_put_back = keep_up(engine, settings.data_dir, now())
        return "database.was_put_back numbers jump, mails are left to people" * was_put_back

    if words := keep_up_with():
        logging.getLogger(__name__).error(words)
    assistant.use_actions(actions_with(services_of(settings, engine)))
    transcripts = transcripts_of(assistant, engine)
    worker = build_worker(settings, engine, transcripts, now)
    gateway = Gateway(assistant, settings, SqlFeedbackStore(engine, now), read_sources(dict(facts)))
    reviews = SqlReviews(engine, now)
    journal = TurnJournal(SqlTurnStore(engine))
    assistant.observe(journal.note)
    services: list[Service] = [
        journal,
        ReviewVectors(lambda: reviews.fill_vectors(encode_as_trained)),
        DailyPurge(purger(settings, retention)),
        Heartbeat(keep_up_with),
    ]
    mail: MailService | None = None
    if settings.mail_address:
        reader = ReaderApart(settings)
        parts = _mail_parts(settings, assistant, engine, reader)
        mail = parts.service(gateway.metrics, worker.wake)
        services += [parts.sent(), reader]
    if tracker := request_tracker(settings):
        services.append(StatusWatch(tracker, SqlTicketStore(engine), now))
    gateway.run_beside(worker, mail, *services)
    around = Surroundings(
        settings=settings,
        engine=engine,
        transcripts=transcripts,
        now=now,
        wake=worker.wake,
        mailbox_age_s=lambda: mail.age_s if mail else None,
        titles=topic_titles(assistant.responses.responses),
    )
    gateway.mount(Desk(around).routes())
    served = gateway.application()

    async def let_go(_: web.Application) -> None:
        held.close()

    served.on_cleanup.append(let_go)
    return served


def _mail_parts(
    settings: Settings, assistant: Assistant, engine: Engine, reader: Reader
) -> MailParts:
    clerk = Clerk(assistant, assistant.responses, settings)
    return MailParts(settings, clerk, engine, signing_key(settings), now, reader)


def run(served: web.Application, settings: Settings, *, started: float) -> None:
    """Serve until stopped. ``started``: when the process began, by ``time.perf_counter``.

    Raises: HelpdeskError, when nothing can listen at the address of the settings.
    """
    where = f"{settings.host}:{settings.port}"

    async def announce(_: web.Application) -> None:
        seconds = time.perf_counter() - started
        ERR.print(f"Ready on http://{where} after {seconds:.1f} s; Ctrl-C stops", markup=False)

    served.on_startup.append(announce)
    try:
        web.run_app(
            served,
            host=settings.host,
            port=settings.port,
            print=lambda *_: None,
            access_log=None,
        )
    except OSError as error:
        raise HelpdeskError(
            f"{where}: cannot listen there ({error.strerror}); "
            "stop what uses the port, or set CYBO_PORT to another one"
        ) from error
