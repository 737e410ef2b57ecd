"""Set-up and trouble: health, secrets, vendored files, clear errors."""

import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.core.management import call_command
from django.test import Client
from redis import Redis
from supervisor.options import ServerOptions

from playground.control.heartbeat import beat
from tests.stack import until
from webapp import embedded, programs
from webapp.ports import free_port
from webapp.secret import secret_key

VENDOR = Path(django_settings.BASE_DIR) / "static" / "vendor"


@pytest.mark.django_db
def test_health_names_every_part(client: Client, redis: Redis, settings: Any) -> None:
    settings.CELERY_BROKER_URL = settings.REDIS_URL
    beat(redis, "worker-1", time.time())
    answer = client.get("/healthz")
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"web", "database", "redis", "worker", "broker"}
    assert answer.json()["worker"]["heartbeat_age_s"] < 5


@pytest.mark.django_db
def test_health_says_why_a_part_is_not_well(client: Client, redis: Redis) -> None:
    beat(redis, "worker-1", time.time() - 30)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"]["why"] == "the last heartbeat was 30 s ago"


@pytest.mark.django_db
def test_health_without_redis_is_no_traceback(client: Client, settings: Any) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    report = client.get("/healthz").json()
    assert report["web"]["ok"] and report["database"]["ok"]
    assert "Redis does not answer" in report["redis"]["why"]


@pytest.mark.django_db
def test_health_shows_how_much_memory_redis_uses_of_what_it_may(
    client: Client, redis: Redis
) -> None:
    redis.config_set("maxmemory", "300mb")
    try:
        report = client.get("/healthz").json()["redis"]
    finally:
        redis.config_set("maxmemory", 0)
    assert report["memory_limit_mb"] == 300
    assert 0 < report["memory_used_mb"] < 300
    assert client.get("/healthz").json()["redis"]["memory_limit_mb"] is None


@pytest.mark.django_db
def test_a_redis_that_is_full_is_not_well_though_it_answers(client: Client, redis: Redis) -> None:
    redis.config_set("maxmemory", 1)
    try:
        report = client.get("/healthz").json()
    finally:
        redis.config_set("maxmemory", 0)
    assert not report["redis"]["ok"]
    assert "full" in report["redis"]["why"]


@pytest.mark.django_db(transaction=True)
def test_while_redis_is_away_the_api_says_503_and_changes_nothing(
    client: Client, settings: Any, redis: Redis
) -> None:
    from playground import bootstrap
    from playground.models import Order

    token = client.post("/api/playgrounds").json()["token"]
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    bootstrap.redis_client.cache_clear()
    bootstrap.parts.cache_clear()
    order = {
        "user": 1, "restaurant": 1, "items": [{"dish": "margherita"}], "card": "4242 4242 4242 4242",
    }  # fmt: skip
    answer = client.post(
        "/api/orders", order, content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["kept"] == "Nothing was changed."
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_a_form_that_expired_says_what_to_do() -> None:
    page = Client(enforce_csrf_checks=True).post("/playground/token/")
    assert page.status_code == 403
    assert "open the page again" in page.content.decode()


def test_the_secret_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = secret_key(tmp_path)
    assert secret_key(tmp_path) == first
    assert len(first) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_the_embedded_redis_is_closed_to_others(tmp_path: Path) -> None:
    config, url = embedded.write_config(tmp_path, 7777)
    text = config.read_text()
    assert "bind 127.0.0.1" in text
    assert "requirepass" in text
    assert config.stat().st_mode & 0o077 == 0
    assert "appendonly yes" in text
    assert url.endswith("@127.0.0.1:7777/0")


def test_the_embedded_redis_refuses_to_grow_beyond_its_limit_and_drops_nothing(
    tmp_path: Path,
) -> None:
    config, _ = embedded.write_config(tmp_path, 7777, memory_mb=300)
    text = config.read_text()
    assert "maxmemory 300mb" in text
    assert "maxmemory-policy noeviction" in text


def test_a_folder_with_signs_that_mean_something_elsewhere_does_not_break_the_start(
    processes: None, redis_server: str, tmp_path: Path
) -> None:
    odd = tmp_path / """100%d "mine" it's %(here)s"""
    (odd / "logs").mkdir(parents=True)
    config = odd / "up.conf"
    config.write_text(programs.supervisor_config([programs.web("127.0.0.1", 1)], odd, odd))
    options = ServerOptions()
    options.realize(["-n", "-c", str(config)])
    [group] = options.process_group_configs
    [web] = group.process_configs
    assert web.stdout_logfile == str(odd / "logs" / "web.log")
    assert web.directory == str(odd)
    assert options.logfile == str(odd / "logs" / "up.log")

    redis_config, _ = embedded.write_config(odd, free_port())
    server = subprocess.Popen([str(embedded.server_program()), str(redis_config)])
    try:
        until((odd / embedded.PID_FILE).exists, "the server has started in that folder")
    finally:
        server.terminate()
        server.wait(10)


def test_vendored_files_are_the_ones_that_were_checked_in() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    listed = {}
    for line in lines:
        digest, name = line.split(maxsplit=1)
        listed[name.lstrip("*./")] = digest
    found = {
        str(p.relative_to(VENDOR)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in VENDOR.rglob("*")
        if p.is_file() and p.name not in ("SHA256SUMS", "README.md")
    }
    assert found == listed


def test_every_vendored_library_has_its_licence_and_its_version_on_file() -> None:
    readme = (VENDOR / "README.md").read_text()
    for folder in (p for p in VENDOR.iterdir() if p.is_dir()):
        assert (folder / "LICENSE").exists()
        assert re.search(rf"{folder.name}\W+\d+\.\d+\.\d+", readme), folder.name


def test_the_fonts_are_small_and_the_security_policy_lets_them_in(client: Client) -> None:
    fonts = list(VENDOR.rglob("*.woff2"))

    assert {font.parent.name for font in fonts} == {"inter", "jetbrains-mono"}
    assert sum(font.stat().st_size for font in fonts) <= 60_000
    for page in ("/nothing/", "/mermaid-frame/"):
        assert "font-src 'self'" in client.get(page)["Content-Security-Policy"], page


def test_nothing_of_our_own_is_fetched_from_elsewhere() -> None:
    base = Path(django_settings.BASE_DIR)
    for pattern in ("templates/**/*.html", "static/css/**/*.css", "static/js/**/*.js"):
        for path in base.glob(pattern):
            text = path.read_text().replace("http://www.w3.org/", "")
            assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]{2,}", text), path


def test_production_settings_pass_djangos_own_check(settings: Any, processes: None) -> None:
    import os
    import subprocess
    import sys

    env = {
        **os.environ,
        "PUBLIC_URL": "https://inflight.example",
        "SECRET_KEY": "k" * 60 + "123456",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=env, capture_output=True, text=True, cwd=settings.BASE_DIR,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_password_is_stored_as_owasp_recommends_and_an_older_hash_still_counts() -> None:
    stored = make_password("correct horse")
    assert stored.startswith("argon2$argon2id$v=19$m=7168,t=5,p=1$")
    assert len(stored) <= 128
    assert check_password("correct horse", stored) and not check_password("correct", stored)
    assert identify_hasher(make_password("x", hasher="pbkdf2_sha256"))


def test_a_second_collection_writes_whole_files_as_the_first_did(static_root: Path) -> None:
    for _ in range(2):
        call_command("collectstatic", interactive=False, verbosity=0)
        sheets = [*static_root.glob("css/**/*.css"), *static_root.glob("js/**/*.js")]
        assert len(sheets) > 20
        assert not [sheet.name for sheet in sheets if not sheet.stat().st_size]


def test_a_worker_imports_nothing_that_only_pages_need(processes: None) -> None:
    """An idle stack is to fit beside a browser on a small laptop (docs/benchmarks.md)."""
    code = (
        "import sys, django; django.setup(); from webapp.celery import app;"
        "app.loader.import_default_modules(); import playground.workers.caretaker;"
        "print(*sys.modules)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "webapp.settings",
        "SKIP_CHECKS": "1",  # as --skip-checks of Celery's command line
        "CELERY_SKIP_CHECKS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    held = set(done.stdout.split())
    assert "playground.workers.tasks" in held
    assert not held & {"markdown_it", "lessons.course", "playground.api.api"}


# The character NUL, which PostgreSQL does not take: no text field of any form may hold it


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/orders/a%00b", 404), ("/api/playground/dead-letters/%00?reason=known", 404),
        ("/instructor/enter/%00/", 404), ("/no/such/%00/", 404),
        ("/api/playground/ledger?run=%00", 422), ("/api/playground/records?%00=1", 422),
        ("/search/?q=%00", 400), ("/healthz?%00", 400),
    ],
)  # fmt: skip
def test_an_address_with_the_character_nul_is_refused(path: str, status: int, redis: Redis) -> None:
    token = Client().post("/api/playgrounds").json()["token"]
    method = "DELETE" if "dead-letters" in path else "GET"
    answer = Client().generic(method, path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status
    is_api = path.startswith("/api/")
    assert answer["Content-Type"].startswith("application/problem+json" if is_api else "text/html")
    assert ("NUL" in answer.content.decode()) is (status != 404)


@pytest.mark.django_db
@pytest.mark.parametrize("form", [{"code": "a\0b"}, {"words": "a\0b"}, {"a\0b": "1"}])
@pytest.mark.parametrize("path", ["/progress/resume/", "/review/answer/", "/no/such/"])
@pytest.mark.parametrize("is_multipart", [True, False])
def test_a_form_with_the_character_nul_is_refused(
    form: dict[str, str], path: str, is_multipart: bool
) -> None:
    encoded = {"data": form} if is_multipart else {
        "data": urlencode(form), "content_type": "application/x-www-form-urlencoded"
    }  # fmt: skip
    answer = Client().post(path, **encoded)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert "NUL" in answer.content.decode()


@pytest.mark.django_db
def test_a_cookie_with_the_character_nul_is_refused() -> None:
    answer = Client(headers={"Cookie": r'sessionid="a\000b"'}).get("/progress/")
    assert answer.status_code == 400


# A form that cannot be parsed

MALFORMED = {
    "content_type": "multipart/form-data; boundary=no-part-begins-with-this",
    "data": b"nonsense",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/lessons/a-phone-call/steps/x/", "/playground/token/"])
def test_a_malformed_form_is_answered_with_a_page(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic("POST", path, **MALFORMED)
    assert answer.status_code in (400, 403, 404)
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/playgrounds", "/api/orders", "/api/playground/reset"])
def test_a_malformed_form_to_the_api_is_a_problem(path: str, redis: Redis) -> None:
    token = Client().post("/api/playgrounds").json()["token"]
    for headers in ({}, {"Authorization": f"Bearer {token}"}):
        answer = Client().generic("POST", path, headers=headers, **MALFORMED)
        if answer.status_code >= 300:
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.status_code < 500
