"""Documents link to what is there, and the README is short enough to be read."""

import struct
from pathlib import Path

import pytest

from tests.packaging.documents import DOCUMENTS, GENERATED, ROOT, anchors, links, name_of, text_of

PICTURES = sorted((ROOT / "docs" / "pictures").glob("*"))
README = ROOT / "README.md"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    dead = []
    for link in links(document):
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        if target in GENERATED:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)

    assert dead == []


def test_the_readme_takes_five_minutes() -> None:
    # 200 to 240 words a minute (Brysbaert 2019: 238 for non-fiction); tables and addresses count.
    assert len(text_of(README).split()) <= 1_200


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [README]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or page in GENERATED:
            continue
        reached.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]

    pages = set((ROOT / "docs").glob("*.md")) - {ROOT / "docs" / "index.md"}
    assert [name_of(page) for page in sorted(pages - reached)] == []


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small_and_shown(picture: Path) -> None:
    content = picture.read_bytes()

    width, height = struct.unpack(">II", content[16:24])

    assert content.startswith(b"\x89PNG")
    assert len(content) <= 150_000
    assert max(width, height) <= 1_600
    assert any(picture.name in text_of(document) for document in DOCUMENTS)
