"""Resume codes: three words and a number, such as `otter-lamp-violin-4821`.

Read aloud without spelling, and typed without looking twice. 37 bits: with `learners.MAX_TRIES`
wrong ones per address, years go by before anybody has guessed one.
"""

import re
import secrets
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "resume_words.txt"


def new_code() -> str:
    parts = [secrets.choice(_words()) for _ in range(3)]
    return "-".join([*parts, f"{secrets.randbelow(9000) + 1000}"])


def as_written_by_us(typed: str) -> str:
    """What somebody typed, whatever stands between its parts: `Otter lamp, violin 4821`."""
    return "-".join(re.findall(r"[a-z]+|[0-9]+", typed.lower()))


@cache
def _words() -> tuple[str, ...]:
    return tuple(WORDS.read_text().split())
