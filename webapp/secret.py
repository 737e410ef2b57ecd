"""The key that signs sessions: made at the first start, kept in the data directory."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    path = data_dir / "secret-key"
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    key = secrets.token_urlsafe(50)
    # Written beside and linked into place: of two that start at once, one wins and both agree.
    draft = data_dir / f"secret-key.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(key)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text()
