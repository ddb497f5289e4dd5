"""`cybo review`: what editors decided, and the patch that teaches it."""

import csv
import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.errors import HelpdeskError
from bot.settings import read_settings
from bot.shell.console import ERR, JSON, OUT, print_json, table_of, working
from bot.shell.project import DATA, DataMissing

if TYPE_CHECKING:
    from bot.review.export import Export
    from bot.storage import SqlReviews

review_app = typer.Typer(help="Turn misunderstood messages into examples.", no_args_is_help=True)

_OUT = typer.Option(None, help="Write the patch to this file, for `git apply`.")
_APPLY = typer.Option(False, "--apply", help="Change the files here at once.")
_EXAMS = ("tests/heldout", "tests/development")
_WHY = {
    "empty": "nothing is left of it",
    "contradicts": "decided on twice, and differently",
    "other_intent": "is an example of another intent",
    "no_block": "no file in data/nlu has this intent in this language",
    "examined": "Cybo is examined on it, or nearly; it must not be learnt by heart",
}


@review_app.command("list")
def list_entries(as_json: bool = JSON) -> None:
    """List what waits for an editor, and the decisions that wait for an export."""
    reviews = _reviews()
    waiting, decided = reviews.open_entries(), reviews.to_export()
    if as_json:
        print_json([_as_dict(entry) for entry in (*waiting, *decided)])
        return
    if not waiting and not decided:
        OUT.print("Nothing waits for an editor.")
        return
    rows = [
        (str(e.id), e.language, e.reason, e.topic, e.text.replace("\n", " ")[:80])
        for e in (*decided, *waiting)
    ]
    OUT.print(table_of(("Number", "Language", "Reason", "Decided", "Message"), rows))
    OUT.print(f"{len(waiting)} to decide on, {len(decided)} to export", markup=False)


@review_app.command("export")
def export(out: Path | None = _OUT, apply: bool = _APPLY, as_json: bool = JSON) -> None:
    """Write the decided messages as a patch to `data/nlu/` and the tests.

    Without --out or --apply the patch is printed and nothing is marked as exported.
    """
    from bot.review.export import as_patch

    reviews = _reviews()
    project = read_settings(os.environ).project
    files = _project_files(project)
    with working("Comparing with what Cybo is examined on"):
        plan = _plan(reviews, files, project)
    patch = as_patch(files, plan.files)
    if out and plan.files:
        out.write_text(patch, encoding="utf-8")
    if apply:
        for path, content in plan.files.items():
            (project / path).write_text(content, encoding="utf-8")
    if out or apply:
        reviews.mark_exported(plan.settled)
    if as_json:
        print_json(_report(plan, patch))
        return
    if not out and not apply:
        # Rich would make spaces of the tabs.
        typer.echo(patch, nl=False)
    _tell(plan)


def _plan(reviews: "SqlReviews", files: dict[str, str], project: Path) -> "Export":
    from bot.review.export import plan_export
    from bot.review.near import near_copies

    def is_examined(texts: Sequence[str]) -> list[bool]:
        return near_copies(texts, _exam_texts(project) if texts else [])

    return plan_export(reviews.to_export(), files, is_examined)


def _project_files(project: Path) -> dict[str, str]:
    from bot.review.export import REGRESSION_TEST

    nlu = project / DATA / "nlu"
    paths = sorted(nlu.glob("*.yml"))
    if not paths:
        raise DataMissing(
            f"{nlu}: not found; run this command in the project's folder, or set CYBO_PROJECT"
        )
    regression = project / REGRESSION_TEST
    return {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8")
        for path in (*paths, regression)
        if path.exists()
    }


def _exam_texts(project: Path) -> list[str]:
    texts = []
    for path in (path for folder in _EXAMS for path in sorted((project / folder).glob("*.tsv"))):
        with path.open(encoding="utf-8") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            texts += [row["text"] for row in rows]
    return texts


def _report(plan: "Export", patch: str) -> dict[str, Any]:
    return {
        "added": [_as_dict(entry) for entry in plan.added],
        "known": [_as_dict(entry) for entry in plan.known],
        "left_out": [{**_as_dict(entry), "why": why} for entry, why in plan.left_out],
        "files": sorted(plan.files),
        "patch": patch,
    }


def _tell(plan: "Export") -> None:
    added = Counter(entry.topic for entry in plan.added)
    for topic, number in sorted(added.items()):
        ERR.print(f"{topic}: {number} examples", markup=False, highlight=False)
    for entry, why in plan.left_out:
        # Not its words: those of an examined message must not be seen.
        ERR.print(f"left out: number {entry.id} ({entry.topic}): {_WHY[why]}", markup=False)
    ERR.print(
        f"{len(plan.added)} examples, {len(plan.known)} known already, "
        f"{len(plan.left_out)} left out",
        markup=False,
    )


def _as_dict(entry: Any) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        "language": entry.language,
        "reason": entry.reason,
        "text": entry.text,
        "topics": list(entry.topics),
        "remark": entry.remark,
        "verdict": entry.topic or None,
    }


def _reviews() -> "SqlReviews":
    from sqlalchemy.exc import SQLAlchemyError

    from bot.storage import SqlReviews, open_database

    settings = read_settings(os.environ)
    try:
        return SqlReviews(open_database(settings.tickets_url), lambda: datetime.now(timezone.utc))
    except (OSError, SQLAlchemyError) as error:
        raise HelpdeskError(
            "CYBO_DATABASE_URL, CYBO_DATA_DIR: no database can be opened there "
            f"({type(error).__name__}); correct the variable or make the folder writable"
        ) from error
