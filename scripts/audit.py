"""Says which packages of requirements.lock have known vulnerabilities that can be reached here.

make audit

Asks the vulnerability services of pip-audit one after the other until one proves that it
knows something: asked about a release with well-known vulnerabilities, it must name them.
What audit.toml explains is not reachable and is left out.

Exit codes: 0 nothing reachable is known; 1 something is, or a file is wrong; 3 it could not
be found out, which is no good news.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10; pip-audit brings the same thing under this name
    import tomli as tomllib  # type: ignore[no-redef]

FOUND, UNKNOWN = 1, 3
_SERVICES = ("pypi", "osv")
# Templates that leave their sandbox, CVE-2024-56201 and others.
_CONTROL = "jinja2==3.1.2"
_LOCK, _EXPLAINED = Path("requirements.lock"), Path("audit.toml")

Report = Mapping[str, Any]


class AuditImpossible(Exception):
    """Nobody could be asked, or the answer says too little."""


@dataclass(frozen=True)
class Advisory:
    """A known vulnerability of a package in the lock file. ``names``: all its numbers."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed_in: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """Why advisories are not reachable: by package for all of them, or by number."""

    packages: Mapping[str, str]
    advisories: Mapping[str, str]

    def reason(self, advisory: Advisory) -> str:
        """Give the reason; empty when the advisory is reachable for all we know."""
        named = (self.advisories[name] for name in advisory.names if name in self.advisories)
        return self.packages.get(advisory.package) or next(named, "")


def read_explained(path: Path) -> Explained:
    """Read audit.toml.

    Raises: SystemExit, naming the entry without a reason.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, reason in [*tables["packages"].items(), *tables["advisories"].items()]:
        if not isinstance(reason, str) or len(reason.split()) < 3:
            raise SystemExit(f"{path}: {name} needs a reason in words")
    return Explained(tables["packages"], tables["advisories"])


def advisories(report: Report) -> list[Advisory]:
    """Read what pip-audit found.

    Raises: AuditImpossible, when it passed over packages: then nothing is known of them.
    """
    packages = report["dependencies"]
    passed_over = [package["name"] for package in packages if "skip_reason" in package]
    if passed_over:
        number, few = f"{len(passed_over)} of {len(packages)}", ", ".join(passed_over[:5])
        raise AuditImpossible(f"it knows nothing of {number} packages ({few}, ...)")
    return [
        Advisory(
            dependency["name"],
            dependency["version"],
            (found["id"], *found.get("aliases", ())),
            tuple(found.get("fix_versions", ())),
        )
        for dependency in packages
        for found in dependency["vulns"]
    ]


def ask(service: str, requirements: Path, *options: str) -> list[Advisory]:
    """Ask one service about the packages of a requirements file.

    Raises: AuditImpossible.
    """
    command = [
        str(Path(sys.executable).parent / "pip-audit"),
        *("--vulnerability-service", service, "--requirement", str(requirements)),
        *("--disable-pip", "--format", "json", "--progress-spinner", "off", *options),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(result.stdout)
    except ValueError as error:
        last = result.stderr.strip().splitlines()[-1:] or ["no answer"]
        raise AuditImpossible(last[0][:200]) from error
    return advisories(report)


def audit() -> list[Advisory]:
    """Ask the services in turn about the lock file; gives the answer of the first that knows.

    Raises: AuditImpossible, with what went wrong at each.
    """
    problems = []
    for service in _SERVICES:
        try:
            _check_that_it_knows(service)
            return ask(service, _LOCK, "--require-hashes")
        except AuditImpossible as error:
            problems.append(f"{service}: {error}")
    raise AuditImpossible("\n".join(problems))


def _check_that_it_knows(service: str) -> None:
    with TemporaryDirectory() as folder:
        control = Path(folder) / "requirements.txt"
        control.write_text(f"{_CONTROL}\n", encoding="ascii")
        if not ask(service, control, "--no-deps"):
            raise AuditImpossible(f"it knows no vulnerability of {_CONTROL}, which has several")


def lines(found: list[Advisory], explained: Explained) -> Iterator[str]:
    """Write the report: what is reachable, in full, then how many are not, by package."""
    for one in (a for a in found if not explained.reason(a)):
        remedy = f"fixed in {', '.join(one.fixed_in)}" if one.fixed_in else "not fixed yet"
        yield f"{one.package} {one.version}: {', '.join(one.names)}; {remedy}"
    unreachable = [a for a in found if explained.reason(a)]
    for package in sorted({a.package for a in unreachable}):
        of_package = [a for a in unreachable if a.package == package]
        reasons = sorted({explained.reason(a) for a in of_package})
        yield f"not reachable: {len(of_package)} of {package}: {'; '.join(reasons)}"


def main() -> int:
    """Audit and print; gives the exit code."""
    explained = read_explained(_EXPLAINED)
    try:
        found = audit()
    except AuditImpossible as error:
        print(
            f"COULD NOT BE AUDITED: no vulnerability service answered as it should.\n{error}\n"
            "This does not mean that there are no vulnerabilities. Run `make audit` where "
            "https://pypi.org/pypi or https://api.osv.dev can be reached.",
            file=sys.stderr,
        )
        return UNKNOWN
    for line in lines(found, explained):
        print(line)
    reachable = sum(not explained.reason(advisory) for advisory in found)
    print(f"{len(found)} known vulnerabilities, {reachable} of them reachable for all we know")
    return FOUND if reachable else 0


if __name__ == "__main__":
    sys.exit(main())
