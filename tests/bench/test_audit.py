"""An audit that learnt nothing must never look like one that found nothing."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
assert SPEC
assert SPEC.loader
audit: Any = importlib.util.module_from_spec(SPEC)
# A dataclass looks its own module up.
sys.modules["audit"] = audit
SPEC.loader.exec_module(audit)

VULNERABLE = {
    "name": "jinja2",
    "version": "3.1.2",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3.1.6"]}],
}
SOUND = {"name": "yarl", "version": "1.9", "vulns": []}
PASSED_OVER = {"name": "yarl", "skip_reason": "Dependency not found on PyPI"}


def pretend(monkeypatch: pytest.MonkeyPatch, *answers: list[dict[str, Any]] | None) -> None:
    """Let the services answer so, one question after the other; None: no answer at all."""
    waiting = list(answers)

    def ask(service: str, requirements: Path, *options: str) -> Any:
        answer = waiting.pop(0)
        if answer is None:
            raise audit.AuditImpossible("Failed to resolve 'api.osv.dev'")
        return audit.advisories({"dependencies": answer})

    monkeypatch.setattr(audit, "ask", ask)
    monkeypatch.chdir(ROOT)


def test_a_reachable_vulnerability_is_printed_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, [VULNERABLE], [VULNERABLE, SOUND])

    code = audit.main()

    assert code == 1
    assert "jinja2 3.1.2: PYSEC-1, CVE-1; fixed in 3.1.6" in capsys.readouterr().out


@pytest.mark.parametrize("section", ["packages", "advisories"])
def test_an_explained_vulnerability_is_told_with_its_reason_and_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], section: str
) -> None:
    pretend(monkeypatch, [VULNERABLE], [VULNERABLE, SOUND])
    reasons = {"packages": {}, "advisories": {}}
    reasons[section] = {"jinja2" if section == "packages" else "CVE-1": "we render nothing foreign"}
    monkeypatch.setattr(audit, "read_explained", lambda path: audit.Explained(**reasons))

    code = audit.main()

    assert code == 0
    assert "not reachable: 1 of jinja2: we render nothing foreign" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answers",
    [
        (None, None),
        # A mirror of the index that knows no vulnerabilities at all.
        ([SOUND], [SOUND]),
        # One that does not know the packages, of which pip-audit itself makes "none found".
        ([PASSED_OVER], [PASSED_OVER]),
        ([VULNERABLE], [SOUND, PASSED_OVER], None),
    ],
)
def test_an_audit_that_learnt_nothing_says_so_with_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: Any
) -> None:
    pretend(monkeypatch, *answers)

    code = audit.main()

    said = capsys.readouterr()
    assert code == 3
    assert "COULD NOT BE AUDITED" in said.err
    assert not said.out


def test_a_second_service_is_asked_when_the_first_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, None, [VULNERABLE], [SOUND])

    assert audit.main() == 0


def test_no_package_that_foreign_text_reaches_is_explained_away_as_a_whole() -> None:
    reached = {"aiohttp", "argon2-cffi", "google-re2", "inscriptis", "jinja2", "lxml", "sqlalchemy"}

    explained = audit.read_explained(ROOT / "audit.toml")

    assert not reached & set(explained.packages)


def test_only_packages_that_are_installed_are_explained() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {line.partition("==")[0].lower() for line in lock.splitlines() if "==" in line}

    assert set(audit.read_explained(ROOT / "audit.toml").packages) <= locked


def test_an_entry_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "audit.toml"
    file.write_text('[packages]\nsanic = "no"\n[advisories]\n', encoding="utf-8")

    with pytest.raises(SystemExit, match="sanic needs a reason"):
        audit.read_explained(file)
