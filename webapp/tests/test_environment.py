"""A mistake in a setting is one sentence that names the variable; nothing starts."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from webapp.environment import REDIS_SCHEMES, Environment, private_directory

env = Environment()


def mistake(monkeypatch: pytest.MonkeyPatch, value: str, read: Any) -> str:
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    "value", ["abc", "0", "65536", "1" * 5000, "1_000", "²", "١٢", "-1", "1.5"]
)
def test_a_whole_number_is_one_in_its_range(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    told = mistake(monkeypatch, value, lambda: env.whole("THING", 5, 1, 65535))
    assert told.startswith("THING is “")
    assert told.endswith("but must be a whole number from 1 to 65535.")
    assert len(told) < 200


@pytest.mark.parametrize(
    "value", ["foo", "http://h", "redis://", "redis://h:x", "redis://h:99999", "redis://[h"]
)
def test_an_address_has_one_of_the_schemes_a_host_and_a_port_that_is_one(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    told = mistake(monkeypatch, value, lambda: env.url("THING", "", REDIS_SCHEMES))
    assert told.endswith("must be an address that begins with redis:// or rediss:// or unix://.")


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mistake(monkeypatch, "postgres://ada:secret@host", lambda: env.database("THING", Path()))
    assert "secret" not in told
    assert "postgres://user:password@host/name" in told


def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, is_on in (("on", True), ("True", True), ("0", False), ("No", False), ("", True)):
        monkeypatch.setenv("THING", value)
        assert env.truth("THING", True) is is_on
    assert "one of on, off" in mistake(monkeypatch, "maybe", lambda: env.truth("THING", True))


def test_a_choice_and_a_folder_are_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "one of a, b" in mistake(monkeypatch, "c", lambda: env.choice("THING", "a", ("a", "b")))
    assert "folder" in mistake(monkeypatch, f"{tmp_path}/no", lambda: env.folders("THING"))
    monkeypatch.setenv("THING", f"{tmp_path}, {tmp_path}")
    assert env.folders("THING") == [tmp_path, tmp_path]


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "")
    assert env.whole("THING", 7, 1, 9) == 7
    assert env.text("THING", "x") == "x"
    assert env.texts("THING", ["x"]) == ["x"]


def test_the_data_directory_is_closed_to_other_users(tmp_path: Path) -> None:
    wide = tmp_path / "data"
    wide.mkdir(mode=0o755)
    private_directory(wide, "DATA_DIR")
    assert stat.S_IMODE(wide.stat().st_mode) == 0o700
    assert list(wide.iterdir()) == []


def test_a_data_directory_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="DATA_DIR=~/inflight make run") as caught:
        private_directory(tmp_path / "file", "DATA_DIR")
    assert str(tmp_path / "file") in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("DATABASE_URL", "foo"),
        ("WORKER_THREADS", "0"),
        ("DATA_DIR", "/dev/null/data"),
        ("EVENT_BROKER", "pigeon"),
        ("HOST", "no.such.host.invalid"),
    ],
)
def test_the_start_ends_with_one_sentence_and_no_traceback(
    processes: None, tmp_path: Path, name: str, value: str
) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATA_DIR": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert value in done.stderr


def test_options_in_the_address_of_the_database_are_kept(processes: None, tmp_path: Path) -> None:
    url = "postgres://ada@127.0.0.1/inflight?sslmode=verify-full"
    read = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    done = subprocess.run(
        [sys.executable, "-c", read], capture_output=True, text=True, check=True,
        env={**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path),
             "DJANGO_SETTINGS_MODULE": "webapp.settings"},
    )  # fmt: skip
    assert "'sslmode': 'verify-full'" in done.stdout
    assert "'pool'" in done.stdout
