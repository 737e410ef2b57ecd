"""A server looks for garbage seldom, and still finds it."""

import subprocess
import sys

LOOK = """
import gc, weakref
from webapp.garbage import MADE_BETWEEN_LOOKS, look_seldom

class Knot:
    def __init__(self):
        self.itself = self

look_seldom()
print(gc.get_freeze_count() > 1000, gc.isenabled())
lost = weakref.ref(Knot())
kept = [[] for _ in range(500)]
early = lost() is not None
kept = [[] for _ in range(3 * MADE_BETWEEN_LOOKS)]
print(early, lost() is None)
"""


def test_what_was_imported_is_not_looked_at_and_new_cycles_still_go(processes: None) -> None:
    command = [sys.executable, "-c", LOOK]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["True"] * 4
