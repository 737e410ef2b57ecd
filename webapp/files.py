"""Room for a large class: each socket, and each thread's connections, are open files."""

import resource
from contextlib import suppress

WANTED = 20_000  # many systems give a process 1024, or 256, and let it ask for more


def allow_many_open_files() -> None:
    """For this process and all it starts, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # a kernel may have a bound of its own below that
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
