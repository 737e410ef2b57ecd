"""Admission for a large class: each socket, and each thread's connections, are open files."""

import resource
from contextlib import suppress

# Many systems give a process 1024, or 256, and let it ask for more; a kernel may have a bound of
# its own below what it says.
WANTED = (20_000, 10_240, 4_096)


def allow_many_open_files() -> None:
    """For this process and all it starts, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in WANTED:
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return
