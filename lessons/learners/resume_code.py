"""Resume codes: three words and a number, such as `otter-lamp-violin-4821`.

They can be read aloud without spelling, and typed without looking twice. A code has 37 bits: at
`resuming.MAX_WRONG_CODES_OF_AN_ADDRESS` in ten minutes, guessing one takes years.
"""

import re
import secrets
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "resume_words.txt"


def new_code() -> str:
    parts = [secrets.choice(_words()) for _ in range(3)]
    return "-".join([*parts, f"{secrets.randbelow(9000) + 1000}"])


def normalised(typed: str) -> str:
    """A typed code as `new_code` writes it, whatever separates its parts.

    `Otter lamp, violin 4821` becomes `otter-lamp-violin-4821`.
    """
    return "-".join(re.findall(r"[a-z]+|[0-9]+", typed.lower()))


@cache
def _words() -> tuple[str, ...]:
    return tuple(WORDS.read_text().split())
