"""What others rely on before they take the project over: licences, notices, the catalogue entry."""

import re
import subprocess
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.language import LANGUAGES

ROOT = Path(__file__).parents[1]
# Licence texts and the file itself need no licence of their own (REUSE specification 3.3).
EXEMPT = ("LICENSE", "LICENSES/", "REUSE.toml")
PROGRAM, DATA = "Apache-2.0", "CC-BY-4.0"
# publiccode.yml standard 0.7: keys that every file must have.
MANDATORY = {
    "publiccodeYmlVersion",
    "name",
    "url",
    "platforms",
    "developmentStatus",
    "softwareType",
    "description",
    "legal",
    "maintenance",
    "localisation",
}


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\0") if name]


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def licence_of(file: str, annotations: list[dict[str, Any]]) -> str | None:
    """Read REUSE.toml as the specification says: the last table that matches a file counts."""
    found = None
    for table in annotations:
        patterns = table["path"] if isinstance(table["path"], list) else [table["path"]]
        # `**` crosses folders, and fnmatch's `*` does too; no pattern of ours has a single one.
        if any(fnmatchcase(file, pattern) for pattern in patterns):
            assert table["SPDX-FileCopyrightText"]
            found = str(table["SPDX-License-Identifier"])
    return found


def test_every_tracked_file_has_a_licence_whose_text_is_there() -> None:
    annotations = toml("REUSE.toml")["annotations"]

    licences = {
        file: licence_of(file, annotations)
        for file in tracked_files()
        if not file.startswith(EXEMPT)
    }

    assert [file for file, licence in licences.items() if licence is None] == []
    texts = {path.stem for path in (ROOT / "LICENSES").iterdir()}
    assert set(licences.values()) == texts


@pytest.mark.parametrize(
    ("file", "licence"),
    [
        ("bot/settings.py", PROGRAM),
        ("config.yml", PROGRAM),
        ("tests/test_settings.py", PROGRAM),
        ("data/guidance/facts.yaml", DATA),
        ("data/nlu/access.nl.yml", DATA),
        ("data/responses/access.yml", DATA),
        ("tests/heldout/fr.tsv", DATA),
        ("tests/triage/corpus/en_gmail_request_prose.eml", DATA),
    ],
)
def test_code_is_under_one_licence_and_what_people_wrote_under_another(
    file: str, licence: str
) -> None:
    assert (ROOT / file).exists()

    assert licence_of(file, toml("REUSE.toml")["annotations"]) == licence


def test_the_licence_at_the_root_is_the_programs() -> None:
    assert (ROOT / "LICENSE").read_bytes() == (ROOT / f"LICENSES/{PROGRAM}.txt").read_bytes()


def test_every_package_that_cybo_names_stands_in_the_notices() -> None:
    project = toml("pyproject.toml")["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    notices = (ROOT / "THIRD-PARTY-NOTICES.md").read_text(encoding="utf-8").lower()

    missing = [
        package
        for requirement in named
        if (package := re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0]) not in notices
    ]

    assert missing == []


def test_the_catalogue_entry_follows_the_standard() -> None:
    entry = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))

    assert set(entry) >= MANDATORY
    assert entry["softwareType"] == "standalone/web"
    assert entry["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert entry["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert entry["localisation"]["availableLanguages"] == list(LANGUAGES)


def test_every_place_names_the_same_version_and_day() -> None:
    entry = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    version, day = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$", changes, re.MULTILINE)[0]

    assert version == toml("pyproject.toml")["project"]["version"] == entry["softwareVersion"]
    assert day == entry["releaseDate"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_entry_fits_its_limits_in_every_language(language: str) -> None:
    entry = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))

    description = entry["description"][language]

    assert len(description["shortDescription"].strip()) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert description["features"]
