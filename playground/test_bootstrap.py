"""Bootstrap: the ids of this process and of forked ones."""

import os

from playground.bootstrap import parts


def test_a_forked_worker_creates_other_ids_than_its_parent() -> None:
    """Celery's prefork pool forks; two processes with the same sequence of ids would mix runs."""
    runtime = parts().runtime
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover (nothing is collected from here)
        try:
            os.write(writing, runtime.new_hex(32).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 40).decode() != runtime.new_hex(32)
    os.close(reading)
    os.close(writing)


def test_an_id_has_ten_characters_that_can_be_read_aloud() -> None:
    ids = {parts().runtime.new_id() for _ in range(500)}
    assert len(ids) == 500
    assert {len(i) for i in ids} == {10}
    assert not set("ILOU") & set("".join(ids))
