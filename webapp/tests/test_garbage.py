"""Garbage is collected seldom, and still collected."""

import subprocess
import sys

COLLECT = """
import gc, weakref
from webapp.garbage import OBJECTS_BETWEEN_COLLECTIONS, collect_seldom

class Cycle:
    def __init__(self):
        self.itself = self

collect_seldom()
print(gc.get_freeze_count() > 1000, gc.isenabled())
lost = weakref.ref(Cycle())
kept = [[] for _ in range(500)]
early = lost() is not None
kept = [[] for _ in range(3 * OBJECTS_BETWEEN_COLLECTIONS)]
print(early, lost() is None)
"""


def test_what_was_imported_is_left_alone_and_new_cycles_are_collected(processes: None) -> None:
    command = [sys.executable, "-c", COLLECT]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert printed.stdout.split() == ["True"] * 4
