"""A storm: a seeded schedule of faults. The same seed brings the same storm again."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .catalogue import CATALOGUE, FaultKind
from .fault import MAX_SEED, FaultRequest

# A surge is a rush of its own, which somebody has to have asked for.
STORMY = tuple(kind for kind in FaultKind if kind is not FaultKind.SURGE)
MAX_SECONDS, MAX_AT_ONCE, MAX_HOLD_S = 600, 5, 120


@dataclass(frozen=True, slots=True)
class Storm:
    seed: int = 0
    seconds: int = 60
    kinds: Sequence[FaultKind] = STORMY
    min_hold_s: float = 5.0  # each fault lasts at least so long
    max_hold_s: float = 15.0
    at_once: int = 2

    def schedule(self) -> list[tuple[float, FaultRequest]]:
        """When each fault begins (seconds from the start) and what it is; in that order.

        Never more than `at_once` at a time, none beyond the end, and at least one unless the
        storm is shorter than any fault of it.
        """
        chance, found = Random(self.seed), []
        latest = min(self.min_hold_s, self.seconds - self.min_hold_s)
        for _ in range(self.at_once):  # each lane holds one fault at a time
            at = chance.uniform(0, latest)
            while at + self.min_hold_s <= self.seconds:
                hold_s = min(chance.uniform(self.min_hold_s, self.max_hold_s), self.seconds - at)
                found.append((at, self._one(chance, hold_s)))
                at += hold_s + chance.uniform(0, self.min_hold_s)
        return sorted(found, key=lambda one: one[0])

    def _one(self, chance: Random, hold_s: float) -> FaultRequest:
        kind = chance.choice(list(self.kinds))
        target = chance.choice(CATALOGUE[kind].places)
        percentage = chance.choice((20, 50, 100))
        if CATALOGUE[kind].is_whole:
            percentage = 100
        return FaultRequest(
            kind, target, percentage=percentage, seed=chance.randint(0, MAX_SEED),
            duration_s=hold_s,
        )  # fmt: skip
