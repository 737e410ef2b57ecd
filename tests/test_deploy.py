"""The files of deploy/, as far as they can be checked without a container engine or a proxy."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings as django_settings

from webapp.management.commands.up import PARTS, _parts

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"


def test_the_compose_file_fits_its_schema(processes: None) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec",
            str(DEPLOY / "compose.yaml"),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_dockerfile_pleases_a_linter(processes: None) -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("hadolint is not made for this system")
    done = subprocess.run(
        [linter, str(DEPLOY / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_units_are_understood_by_systemd(processes: None) -> None:
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("there is no systemd here")
    units = [str(unit) for unit in sorted((DEPLOY / "systemd").glob("*.service"))]
    done = subprocess.run([systemd, "verify", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert len(units) == 2
    assert not complaints, "only that nothing is installed in /opt may be said"


def test_what_deploy_starts_exists_and_its_variables_are_documented() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    started = {
        name: service["command"][1]
        for name, service in compose.items()
        if service["image"] == "inflight"
    }
    assert started == {name: name for name in PARTS}
    documented = (ROOT / "docs" / "deploy.md").read_text()
    for name in started:
        for variable in compose[name]["environment"]:
            assert f"`{variable}`" in documented, variable
    used = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    given = re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text(), re.M)
    assert used == set(given)
    copied = re.findall(r"^COPY (\S+)", (DEPLOY / "Dockerfile").read_text(), re.M)
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize(
    ("only", "killable", "expected"),
    [
        (None, 2, ["worker", "web", "killable"]),
        ("web", 2, ["web"]),
        ("worker", 2, ["worker", "killable"]),
        ("worker", 0, ["worker"]),
        ("killable", 2, ["killable"]),
    ],
)
def test_each_part_can_run_on_a_host_of_its_own(
    monkeypatch: pytest.MonkeyPatch, only: str | None, killable: int, expected: list[str]
) -> None:
    monkeypatch.setattr(django_settings, "KILLABLE_WORKERS", killable)
    assert [program.name for program in _parts(only)] == expected
