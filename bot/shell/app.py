"""The `cybo` command."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from bot.dialogue.patches.quiet import quieten, quieten_structlog
from bot.environment import load_env_file, warnings_for
from bot.errors import HelpdeskError
from bot.language import LANGUAGES
from bot.memory import keep_little
from bot.settings import Settings, read_settings, settings_origin, settings_table
from bot.shell.console import ERR, JSON, OUT, print_json, table_of, working
from bot.shell.desk import desk_app
from bot.shell.keeping import add_commands
from bot.shell.mail import mail_app
from bot.shell.outbox import outbox_app
from bot.shell.project import DATA, read_facts, topic_names
from bot.shell.retention import read_retention
from bot.shell.review import review_app
from bot.shell.threads import one_thread_a_process
from bot.shell.tickets import tickets_app

if TYPE_CHECKING:
    from bot.dialogue.assistant import Assistant
    from bot.mailbox.clerk import Clerk
    from bot.shell.triage import DryRun

app = typer.Typer(
    help="Cybo, a helpdesk assistant in Dutch, French and English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(tickets_app, name="tickets")
app.add_typer(mail_app, name="mail")
app.add_typer(outbox_app, name="outbox")
app.add_typer(review_app, name="review")
app.add_typer(desk_app, name="desk")
add_commands(app)

_NEW = typer.Argument(Path("."), help="Folder of the new project; the current one by default.")
_MAIL = typer.Argument(None, help="One mail, saved as .eml.")
_MBOX = typer.Option(None, help="Every mail of an mbox file.")
_FOLDER = typer.Option(None, "--dir", help="Every .eml file of a folder.")
# IMAPClient's debug lines hold the mails themselves, secrets and all.
_NOISY = ("alembic", "apscheduler", "imapclient", "matplotlib", "rasa", "rasa_sdk")
_EXPLAIN = typer.Option(False, "--explain", help="Show what was read from which words.")
_LANGUAGE = typer.Option(None, "--lang", help="Language of the page: en, fr or nl.")


def main() -> None:
    """Run the command line; an error that a person can mend is one line, not a traceback."""
    # Whatever is written, backups and receipts too, is for the owner's eyes only.
    os.umask(0o077)
    one_thread_a_process()
    quieten()
    try:
        files = load_env_file(os.environ)
        for warning in warnings_for(os.environ, [name for name, _, _ in settings_table()]):
            ERR.print(f"Warning: {warning}", style="yellow", markup=False)
        app(obj=files)
    except HelpdeskError as error:
        ERR.print(f"Error: {error}", style="red", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def serve() -> None:
    """Serve the assistant over HTTP."""
    started = time.perf_counter()
    keep_little()
    settings = read_settings(os.environ)
    facts, retention = read_facts(settings.project / DATA), read_retention(settings)
    from bot.channels.sessions import signing_key

    signing_key(settings)  # before the model is loaded: without a key nothing can be issued
    if settings.mail_address:
        from bot.mailbox.build import check_modes

        check_modes(settings, topic_names(facts))
    assistant = _load(settings)
    from bot.shell import serve as server

    server.run(server.application(settings, assistant, facts, retention), settings, started=started)


@app.command()
def init(folder: Path = _NEW) -> None:
    """Write a project to adapt: data, settings, and a README that says what next."""
    from bot.shell.starter import write_project

    with _readable_by_all():
        names = write_project(folder)
    for name in names:
        OUT.print(str(folder / name), markup=False, highlight=False)
    OUT.print("Next: `cybo train`, then `cybo serve`; README.md says more", markup=False)


@app.command()
def train() -> None:
    """Train the model on `data/`."""
    settings = read_settings(os.environ)
    started = time.perf_counter()
    read_facts(settings.project / DATA)  # says what is wrong where there is no project
    os.environ.setdefault("RASA_CACHE_DIRECTORY", str(settings.project / ".rasa" / "cache"))
    _prepare(settings)
    with working("Training (one minute, three the first time)"), _readable_by_all():
        import rasa

        from bot.dialogue.patches.training_detours import without_detours

        with without_detours():
            result = rasa.train(
                domain=str(settings.project / "domain.yml"),
                config=str(settings.project / "config.yml"),
                training_files=[str(settings.project / DATA)],
                output=str(settings.model),
                fixed_model_name="cybo",
                # Rasa's cache does not notice a change in the modules that a component uses.
                force_training=True,
            )
    if result.code:
        raise HelpdeskError("training failed; what Rasa printed above says why")
    ERR.print(f"Trained {result.model} in {time.perf_counter() - started:.0f} s", markup=False)


@contextmanager
def _readable_by_all() -> Iterator[None]:
    """Let everybody read what is written: nothing of visitors, and a service has its own user."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


@app.command()
def shell(lang: str | None = _LANGUAGE) -> None:
    """Talk to the assistant in the terminal; /debug opens the lid."""
    settings, language = read_settings(os.environ), _known_language(lang)
    assistant = _load(settings, log_level="ERROR")
    from bot.shell.chat import Chat

    # Wrapped between words, unlike output that other programs read.
    chat = Chat(assistant, Console(), language)
    asyncio.run(chat.run(settings.data_dir / "shell_history"))


@app.command()
def ask(text: str, lang: str | None = _LANGUAGE, as_json: bool = JSON) -> None:
    """Ask one question."""
    language = _known_language(lang)
    assistant = _load(read_settings(os.environ), log_level="ERROR")
    from bot.channels.rest import as_json as replies_json
    from bot.dialogue.assistant import Incoming
    from bot.shell.debug import parse_table

    async def run() -> tuple[dict[str, Any], list[Any]]:
        sender = f"ask-{os.getpid()}-{time.time_ns()}"
        parsed = await assistant.parse(text)
        return parsed, await assistant.handle(Incoming(sender, text, "shell", language))

    parsed, replies = asyncio.run(run())
    if as_json:
        wanted = ("text", "language", "intent", "intent_ranking", "entities")
        understood = {name: parsed.get(name) for name in wanted}
        print_json({**understood, "replies": replies_json("shell", replies)})
        return
    for reply in replies:
        OUT.print(reply.text, markup=False, highlight=False)
    OUT.print(parse_table(parsed), style="dim")


@app.command()
def replay(file: Path, as_json: bool = JSON) -> None:
    """Play a saved conversation again and show what differs."""
    from bot.shell.transcript import Transcript, differences

    saved = Transcript.load(file)
    assistant = _load(read_settings(os.environ), log_level="ERROR")
    from bot.dialogue.assistant import Incoming
    from bot.shell.debug import reply_json

    async def run() -> list[list[dict[str, Any]]]:
        sender = f"replay-{time.time_ns()}"
        return [
            [
                reply_json(reply)
                for reply in await assistant.handle(
                    Incoming(sender, turn.user, "shell", saved.language)
                )
            ]
            for turn in saved.turns
        ]

    now = asyncio.run(run())
    differing: list[dict[str, Any]] = [
        {"turn": number, "user": turn.user, "diff": diff}
        for number, (turn, replies) in enumerate(zip(saved.turns, now, strict=True), start=1)
        if (diff := differences(turn.replies, replies))
    ]
    if as_json:
        print_json({"turns": len(saved.turns), "differing": differing})
    else:
        for item in differing:
            OUT.print(f"Turn {item['turn']}: {item['user']}", style="bold", markup=False)
            OUT.print("\n".join(item["diff"]), markup=False, highlight=False)
        OUT.print(f"{len(saved.turns)} turns, {len(differing)} differ", markup=False)
    if differing:
        raise typer.Exit(1)


@app.command()
def triage(
    file: Path | None = _MAIL,
    mbox: Path | None = _MBOX,
    folder: Path | None = _FOLDER,
    explain: bool = _EXPLAIN,
    as_json: bool = JSON,
) -> None:
    """Say what would be done with mails; nothing is sent or stored."""
    from bot.shell.triage import DryRun, desk_of, mails_in_folder, mails_in_mbox, read_file

    if [file, mbox, folder].count(None) != 2:
        raise HelpdeskError("triage: give one mail (FILE.eml), --mbox FILE or --dir FOLDER")
    settings = read_settings(os.environ)
    raw = read_file(file) if file else b""
    several = mails_in_mbox(mbox) if mbox else mails_in_folder(folder) if folder else []
    if explain and not file:
        raise HelpdeskError("triage: --explain wants one mail (FILE.eml)")
    run = DryRun(_clerk(settings), _now().date(), desk_of(settings))
    if file:
        result = asyncio.run(run.triage(raw))
        if explain and result["language"]:
            result["read"] = run.explained(raw)
        _show_triage(result, as_json)
    else:
        _triage_all(run, several, as_json)


def _show_triage(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    rows = [
        ("language", str(result["language"])),
        ("category", str(result["category"])),
        ("topics", ", ".join(result["topics"])),
        ("missing", ", ".join(result["missing"])),
        ("answer", "yes" if result["should_reply"] else f"no ({result['reason']})"),
    ]
    OUT.print(table_of(("What", "Found"), rows))
    if read := result.get("read"):
        marks = [
            (m["words"], m["detail"], m["role"], str(m["filing"] or ""), f"{m['certainty']:.2f}")
            for m in read
        ]
        OUT.print(table_of(("Words", "Detail", "Role", "Filing", "Certainty"), marks))
    if result["reply"]:
        OUT.print(result["reply"]["text"], markup=False, highlight=False)


def _triage_all(run: "DryRun", mails: list[tuple[str, bytes]], as_json: bool) -> None:
    from rich.progress import track

    from bot.shell.triage import counted

    async def triage_all() -> list[dict[str, Any]]:
        return [
            {"mail": name, **await run.triage(raw)}
            for name, raw in track(mails, "Reading mails", console=ERR, disable=not ERR.is_terminal)
        ]

    results = asyncio.run(triage_all())
    if as_json:
        print_json(results)
        return
    rows = [
        (
            str(result["mail"]),
            str(result["language"]),
            str(result["category"]),
            ", ".join(result["topics"]),
            "answer" if result["should_reply"] else str(result["reason"]),
        )
        for result in results
    ]
    OUT.print(table_of(("Mail", "Language", "Category", "Topics", "Outcome"), rows))
    OUT.print(table_of(("Category", "Outcome", "Mails"), counted(results)))


@app.command()
def check(as_json: bool = JSON) -> None:
    """Check settings, answers and training data against the fact base."""
    from bot.guidance import consistency
    from bot.shell.project import read_examples, read_responses
    from bot.texts import check_texts

    data = read_settings(os.environ).project / DATA
    facts, responses, examples = read_facts(data), read_responses(data), read_examples(data)
    problems = [
        *consistency.check_answers(facts, responses),
        *consistency.check_next(facts, responses),
        *consistency.check_languages(responses),
        *consistency.check_examples(examples),
        *consistency.check_buttons(responses, examples),
        *check_texts(),
    ]
    warnings = consistency.warn_of_the_end(facts, date.today())
    if as_json:
        print_json({"problems": problems, "warnings": warnings})
    else:
        for line in [*problems, *(f"warning: {warning}" for warning in warnings)]:
            OUT.print(line, markup=False, highlight=False)
        counted = sum(len(texts) for by in examples.values() for texts in by.values())
        OUT.print(
            f"{len(facts['topics'])} topics, {len(responses)} responses, {counted} examples, "
            f"{len(problems)} problems",
            markup=False,
        )
    if problems:
        raise typer.Exit(1)


@app.command()
def settings(context: typer.Context, as_json: bool = JSON) -> None:
    """List every setting, its value and where it came from; secrets are masked."""
    rows = settings_origin(read_settings(os.environ), os.environ, context.obj or {})
    if as_json:
        print_json(
            [
                {"variable": v, "value": value, "origin": origin, "default": d, "meaning": m}
                for (v, value, origin), (_, d, m) in zip(rows, settings_table(), strict=True)
            ]
        )
        return
    meanings = [meaning for _, _, meaning in settings_table()]
    shown = [(*row, meaning) for row, meaning in zip(rows, meanings, strict=True)]
    table = table_of(("Variable", "Value", "From", "Meaning"), shown)
    table.columns[0].no_wrap = True
    OUT.print(table)


def _prepare(settings: Settings, log_level: str | None = None) -> None:
    """Set up logging; end what a restore left half done."""
    from bot.storage.swap import finish

    # Rasa opens its trackers by itself, not by ``bot.storage.engine``.
    finish(settings.data_dir)
    quieten_structlog()
    logging.basicConfig(
        level=log_level or settings.log_level,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _clerk(settings: Settings) -> "Clerk":
    assistant = _load(settings, log_level="ERROR")
    from bot.mailbox.clerk import Clerk

    takes_all = settings.mail_address is None
    if takes_all:
        ERR.print("No mailbox is set (CYBO_MAIL_ADDRESS): every mail is taken as sent to it.")
    return Clerk(assistant, assistant.responses, settings, takes_all=takes_all)


def _load(settings: Settings, log_level: str | None = None) -> "Assistant":
    _prepare(settings, log_level)
    with working("Loading the model"):
        from bot.dialogue.assistant import Assistant

        return Assistant.load(settings)


def _known_language(code: str | None) -> str | None:
    if code is not None and code not in LANGUAGES:
        raise HelpdeskError(f"--lang {code}: is not one of {', '.join(LANGUAGES)}")
    return code
