"""From decided messages to a patch: examples to learn from, and a test that they were learnt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from bot.review.entries import Entry
from bot.review.examples import add_examples, as_example, examples_in, has_intent
from bot.understanding.text import fold

EMPTY, CONTRADICTS, OTHER_INTENT, NO_BLOCK, EXAMINED = (
    "empty",
    "contradicts",
    "other_intent",
    "no_block",
    "examined",
)
"""Why a message is left out: nothing is left of it, editors decided on it twice and
differently, it is an example of another intent, no file has its intent, or it is (nearly)
one of the messages that Cybo is examined on."""
REGRESSION_TEST = "tests/review/decided.tsv"
REGRESSION_HEADER = "topic\tlanguage\ttext\n"

Examined = Callable[[Sequence[str]], Sequence[bool]]


@dataclass(frozen=True)
class Export:
    """What a patch would hold. ``files``: the new content of each file that changes.

    ``known``: examples that stand there already; ``left_out``: with the reason.
    """

    added: tuple[Entry, ...]
    known: tuple[Entry, ...]
    left_out: tuple[tuple[Entry, str], ...]
    files: Mapping[str, str]

    @property
    def settled(self) -> list[int]:
        """Name the messages that need no further export."""
        return [entry.id for entry in (*self.added, *self.known)]


def plan_export(
    entries: Sequence[Entry], files: Mapping[str, str], is_examined: Examined
) -> Export:
    """Decide what becomes of each message.

    ``files``: path and content of the training data and of ``REGRESSION_TEST``.
    ``is_examined``: says of each text whether it is (nearly) one that Cybo is examined on.
    """
    candidates = [replace(entry, text=as_example(entry.text)) for entry in entries]
    owners = _owners(files)
    verdicts: dict[str, set[str]] = {}
    for entry in candidates:
        verdicts.setdefault(fold(entry.text), set()).add(entry.verdict)
    fresh: dict[tuple[str, str], Entry] = {}
    known: list[Entry] = []
    left_out: list[tuple[Entry, str]] = []
    for entry in candidates:
        words, path = fold(entry.text), _path_of(entry, files)
        if not words:
            left_out.append((entry, EMPTY))
        elif len(verdicts[words]) > 1:
            left_out.append((entry, CONTRADICTS))
        elif owners.get(words, set()) - {entry.verdict}:
            left_out.append((entry, OTHER_INTENT))
        elif not path:
            left_out.append((entry, NO_BLOCK))
        elif _stands_in(files[path], entry) or (path, words) in fresh:
            known.append(entry)
        else:
            fresh[path, words] = entry
    verdict_of = is_examined([entry.text for entry in fresh.values()])
    left_out += [(e, EXAMINED) for e, hit in zip(fresh.values(), verdict_of, strict=True) if hit]
    added = {
        key: entry for (key, entry), hit in zip(fresh.items(), verdict_of, strict=True) if not hit
    }
    return Export(tuple(added.values()), tuple(known), tuple(left_out), _changed(added, files))


def as_patch(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Write the changes the way `git apply` reads them. Contents end with a line break."""
    return "".join(_diff(path, before.get(path), after[path]) for path in sorted(after))


def _owners(files: Mapping[str, str]) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = {}
    for path, content in files.items():
        if path != REGRESSION_TEST:
            for intent, text in examples_in(content):
                owners.setdefault(fold(text), set()).add(intent)
    return owners


def _path_of(entry: Entry, files: Mapping[str, str]) -> str:
    """Find the file with the examples of the verdict in the language of the message."""
    ending = f".{entry.language}.yml"
    holding = (p for p, c in files.items() if p.endswith(ending) and has_intent(c, entry.verdict))
    return next(holding, "")


def _stands_in(content: str, entry: Entry) -> bool:
    words = fold(entry.text)
    return any(i == entry.verdict and fold(text) == words for i, text in examples_in(content))


def _changed(added: Mapping[tuple[str, str], Entry], files: Mapping[str, str]) -> dict[str, str]:
    blocks: dict[tuple[str, str], list[str]] = {}
    for (path, _), entry in added.items():
        blocks.setdefault((path, entry.verdict), []).append(entry.text)
    changed: dict[str, str] = {}
    for (path, intent), texts in blocks.items():
        changed[path] = add_examples(changed.get(path, files[path]), intent, texts)
    if added:
        rows = [f"{entry.topic}\t{entry.language}\t{entry.text}" for entry in added.values()]
        test = files.get(REGRESSION_TEST) or REGRESSION_HEADER
        changed[REGRESSION_TEST] = test + "".join(f"{row}\n" for row in rows)
    return changed


def _diff(path: str, before: str | None, after: str) -> str:
    head = f"diff --git a/{path} b/{path}\n"
    if before is None:
        head += "new file mode 100644\n"
    lines = unified_diff(
        (before or "").splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{path}" if before is not None else "/dev/null",
        f"b/{path}",
    )
    return head + "".join(lines)
