"""Static files are collected again only when one of them has changed: it takes seconds."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from . import static

STAMP = "collected.txt"


def collect() -> bool:
    """Collect what is served into STATIC_ROOT. Returns whether there was anything to do."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    # A collection that is cut short must not pass for a whole one.
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    """Of every file's name, size and time of change, and of what makes the copies."""
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    digest.update(Path(static.__file__).read_bytes())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
