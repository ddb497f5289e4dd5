"""`cybo serve`: one process that chats, reads mail, delivers, shows the desk and tidies up."""

import asyncio
import gc
import logging
import resource
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Engine

from actions.handed import actions_with
from actions.services import services_of
from bot.channels.connections import LimitedRunner, room_of
from bot.channels.gateway import Gateway, MailService, Service
from bot.channels.housekeeping import DailyPurge, Heartbeat
from bot.channels.journal import TurnJournal
from bot.channels.loop_monitor import LoopMonitor
from bot.channels.review_vectors import ReviewVectors
from bot.channels.sessions import signing_key
from bot.channels.transcripts import transcripts_of
from bot.delivery.build import build_worker, request_tracker
from bot.delivery.status_watch import StatusWatch
from bot.desk.parts import Surroundings
from bot.desk.site import Desk
from bot.dialogue.apart import AssistantApart
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
from bot.storage.engine import hold_open, ping
from bot.storage.history import keep_up

# Databases, the model, mail, deliveries and what Python itself keeps open.
_OTHER_FILES = 512
_THREADS = 32
_BACKLOG = 256


def now() -> datetime:
    """Give the present moment, timezone-aware."""
    return datetime.now(timezone.utc)


class Elsewhere:
    """A service on another event loop than the application's; ``run`` does its work there."""

    def __init__(
        self, run: Callable[[Coroutine[Any, Any, None]], Awaitable[None]], service: Service
    ) -> None:
        self._run = run
        self._service = service

    async def start(self) -> None:
        """Begin."""
        await self._run(self._service.start())

    async def stop(self) -> None:
        """End."""
        await self._run(self._service.stop())


def application(
    settings: Settings, assistant: Assistant, facts: Mapping[str, Any], retention: Retention
) -> web.Application:
    """Put everything together that one process serves."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.data_dir.chmod(0o700)
    engine = open_database(settings.tickets_url, is_serving=True)
    held = hold_open(engine)

    def keep_up_with() -> str:
        was_put_back = keep_up(engine, settings.data_dir, now())
        return "database.was_put_back numbers jump, mails are left to people" * was_put_back

    if words := keep_up_with():
        logging.getLogger(__name__).error(words)
    assistant.use_actions(actions_with(services_of(settings, engine)))
    apart = AssistantApart(assistant)
    transcripts = transcripts_of(apart, engine)
    worker = build_worker(settings, engine, transcripts, now)
    gateway = Gateway(apart, settings, SqlFeedbackStore(engine, now), read_sources(dict(facts)))

    async def check_tickets() -> None:
        await asyncio.to_thread(ping, engine)

    gateway.check("tickets", check_tickets)
    reviews = SqlReviews(engine, now)
    journal = TurnJournal(SqlTurnStore(engine))
    assistant.observe(journal.note)
    services: list[Service] = [
        journal,
        Elsewhere(apart.run, LoopMonitor("dialogue", gateway.metrics.dialogue_stalls.observe)),
        ReviewVectors(lambda: reviews.fill_vectors(encode_as_trained)),
        DailyPurge(purger(settings, retention)),
        Heartbeat(keep_up_with),
    ]
    mail: MailService | None = None
    if settings.mail_address:
        reader = ReaderApart(settings)
        parts = _mail_parts(settings, apart, engine, reader)
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
        await apart.stop()
        held.close()

    async def keep(_: web.Application) -> None:
        # The model never goes away: looking through it again and again for garbage would stop
        # everything else for as long as that takes.
        gc.collect()
        gc.freeze()

    served.on_startup.insert(0, keep)
    served.on_cleanup.append(let_go)
    return served


def _mail_parts(
    settings: Settings, assistant: AssistantApart, engine: Engine, reader: Reader
) -> MailParts:
    clerk = Clerk(assistant, assistant.responses, settings)
    return MailParts(settings, clerk, engine, signing_key(settings), now, reader)


def run(served: web.Application, settings: Settings, *, started: float) -> None:
    """Serve until stopped. ``started``: when the process began, by ``time.perf_counter``.

    Raises: HelpdeskError, when nothing can listen at the address of the settings.
    """
    _allow_files(settings.connections + _OTHER_FILES)
    asyncio.run(_serve(served, settings, started))


async def _serve(served: web.Application, settings: Settings, started: float) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    # Whoever waits for a database holds a thread; the others must find one.
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="waiting"))
    where = f"{settings.host}:{settings.port}"
    runner = LimitedRunner(served, room_of(settings))
    try:
        await runner.setup()
        await _listen(runner, settings, where)
        seconds = time.perf_counter() - started
        ERR.print(f"Ready on http://{where} after {seconds:.1f} s; Ctrl-C stops", markup=False)
        await stopped.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings, where: str) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=_BACKLOG).start()
    except OSError as error:
        raise HelpdeskError(
            f"{where}: cannot listen there ({error.strerror}); "
            "stop what uses the port, or set CYBO_PORT to another one"
        ) from error


def _allow_files(wanted: int) -> None:
    """Raise the number of files that the process may open to what its connections need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
