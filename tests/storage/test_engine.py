"""Where a database lies."""

from pathlib import Path

import pytest

from bot.storage.engine import make_private_file


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_leaves_no_file(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    make_private_file(url)

    assert list(tmp_path.iterdir()) == []


def test_a_database_in_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "cybo.db"

    make_private_file(f"sqlite:///{file}")

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
