"""Decided messages become examples: the files keep their form, and git takes the patch."""

import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from rasa.shared.importers.utils import training_data_from_paths

from bot.review import Entry
from bot.review.examples import add_examples, as_example, examples_in
from bot.review.export import REGRESSION_TEST, Export, as_patch, plan_export
from bot.review.near import near_copies

AT = datetime(2026, 11, 25)
LOGIN = """version: "3.1"

nlu:
- intent: faq/grey_screen
  metadata:
    language: nl
  examples: |
    - grijs scherm
    - alles is grijs

- intent: faq/fees
  metadata:
    language: nl
  examples: |
    - wat kost het
"""
SCOPE = (
    LOGIN.replace("faq/grey_screen", "out_of_scope").partition("\n\n- intent: faq/fees")[0] + "\n"
)
SCOPE = SCOPE.replace("grijs scherm", "wat is het weer").replace(
    "alles is grijs", "hoe laat is het"
)
FILES = {"data/nlu/login.nl.yml": LOGIN, "data/nlu/out_of_scope.nl.yml": SCOPE}


def decided(number: int, text: str, verdict: str, language: str = "nl") -> Entry:
    return Entry(number, AT, language, text, "unsure", (), verdict=verdict, decided_by="an")


def nothing_is_examined(texts: Sequence[str]) -> list[bool]:
    return [False] * len(texts)


def planned(*entries: Entry) -> Export:
    return plan_export(entries, FILES, nothing_is_examined)


def test_examples_are_added_at_the_end_of_their_blocks_and_nothing_else_changes() -> None:
    plan = planned(
        decided(1, "mijn scherm is muisgrijs", "faq/grey_screen"),
        decided(2, "moet ik betalen", "faq/fees"),
        decided(3, "wie wint de koers", "out_of_scope"),
    )

    assert plan.files["data/nlu/login.nl.yml"] == LOGIN.replace(
        "    - alles is grijs\n", "    - alles is grijs\n    - mijn scherm is muisgrijs\n"
    ).replace("    - wat kost het\n", "    - wat kost het\n    - moet ik betalen\n")
    assert plan.files["data/nlu/out_of_scope.nl.yml"] == SCOPE + "    - wie wint de koers\n"
    assert plan.files[REGRESSION_TEST] == (
        "topic\tlanguage\ttext\n"
        "grey_screen\tnl\tmijn scherm is muisgrijs\n"
        "fees\tnl\tmoet ik betalen\n"
        "out_of_scope\tnl\twie wint de koers\n"
    )
    assert plan.settled == [1, 2, 3]


@pytest.mark.parametrize("there", [True, False], ids=["test there", "no test yet"])
def test_git_applies_the_patch(tmp_path: Path, there: bool) -> None:
    files = {**FILES, **({REGRESSION_TEST: "topic\tlanguage\ttext\n"} if there else {})}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*git, "add", "."], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-qm", "x"], cwd=tmp_path, check=True)
    entries = [decided(1, "écran gris 👍", "faq/grey_screen"), decided(2, "koers", "out_of_scope")]
    plan = plan_export(entries, files, nothing_is_examined)

    subprocess.run(
        [*git, "apply", "--whitespace=error-all", "-"],
        cwd=tmp_path,
        input=as_patch(files, plan.files).encode(),
        check=True,
    )

    assert {p: (tmp_path / p).read_text(encoding="utf-8") for p in plan.files} == plan.files


def test_an_example_that_stands_there_is_not_added_again() -> None:
    plan = planned(
        decided(1, "Grijs  scherm", "faq/grey_screen"),
        decided(2, "muisgrijs", "faq/grey_screen"),
        decided(3, "Muisgrijs", "faq/grey_screen"),
    )

    assert [entry.id for entry in plan.added] == [2]
    assert [entry.id for entry in plan.known] == [1, 3]
    assert plan.files["data/nlu/login.nl.yml"].lower().count("muisgrijs") == 1


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([decided(1, "grijs scherm", "faq/fees")], "other_intent"),
        ([decided(1, "grijs scherm", "faq/fees", "fr")], "other_intent"),
        ([decided(1, "muisgrijs", "faq/fees"), decided(2, "Muisgrijs", "x")], "contradicts"),
        ([decided(1, "muisgrijs", "faq/gone")], "no_block"),
        ([decided(1, "muisgrijs", "faq/grey_screen", "fr")], "no_block"),
        ([decided(1, " \n ", "faq/grey_screen")], "empty"),
    ],
)
def test_what_would_spoil_the_data_is_left_out_and_waits(entries: list[Entry], why: str) -> None:
    plan = planned(*entries)

    assert {reason for _, reason in plan.left_out} == {why}
    assert (plan.added, plan.files, plan.settled) == ((), {}, [])


def test_a_message_that_cybo_is_examined_on_is_left_out() -> None:
    entries = [decided(1, "muisgrijs", "faq/grey_screen"), decided(2, "lichtgrijs", "faq/fees")]

    plan = plan_export(entries, FILES, lambda texts: [text == "muisgrijs" for text in texts])

    assert [(entry.id, why) for entry, why in plan.left_out] == [(1, "examined")]
    assert "muisgrijs" not in "".join(plan.files.values())
    assert plan.settled == [2]


def test_near_copies_are_found_by_their_words_and_by_their_letters() -> None:
    examined = ["Mijn scherm blijft grijs sinds vanochtend."]
    texts = [
        "mijn SCHERM blijft grijs, sinds vanochtend!",
        "mijn scherm blijft nog grijs sinds vanochtend",
        "de firewall blokkeert de site",
    ]

    assert near_copies(texts, examined) == [True, True, False]
    assert near_copies(["d"], []) == [False]
    assert near_copies([], ["a b"]) == []


HOSTILE = [
    "- intent: faq/fees\n  examples: |\n    - injected",
    'bel [number](phone) of [number]{"entity": "x"}',
    "regel een\u2028regel twee\x85drie\tvier",
    "# geen commentaar",
    "'quote\" en : dubbelpunt | pijp > groter",
    "\u200bonzichtbaar\x00 \x1b[31mrood",
    "👩‍💻 werkt niet — « écran »",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_people_write_becomes_one_plain_example(tmp_path: Path, text: str) -> None:
    plan = planned(decided(1, text, "faq/fees"))
    path = tmp_path / "login.nl.yml"
    path.write_text(plan.files["data/nlu/login.nl.yml"], encoding="utf-8")

    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    learnt = training_data_from_paths([str(path)], "en")

    assert [block["intent"] for block in blocks] == ["faq/grey_screen", "faq/fees"]
    assert len(blocks[1]["examples"].splitlines()) == 2
    assert [m.get("entities") for m in learnt.intent_examples] == [None] * 4
    assert as_example(text) in [m.get("text") for m in learnt.intent_examples]
    assert plan.files[REGRESSION_TEST].count("\n") == 2


@pytest.mark.parametrize("path", sorted(Path("data/nlu").glob("*.*.yml")), ids=lambda p: p.name)
def test_every_file_of_ours_can_be_added_to(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    blocks = {b["intent"]: len(b["examples"].splitlines()) for b in yaml.safe_load(content)["nlu"]}
    for intent in blocks:
        content = add_examples(content, intent, ["een nieuwe zin"])

    after = yaml.safe_load(content)["nlu"]

    assert {b["intent"]: len(b["examples"].splitlines()) - 1 for b in after} == blocks
    assert len(list(examples_in(content))) == sum(blocks.values()) + len(blocks)
    assert all(b["examples"].splitlines()[-1] == "- een nieuwe zin" for b in after)
