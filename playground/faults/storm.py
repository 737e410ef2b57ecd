"""A storm: a seeded schedule of faults. The same seed gives the same storm."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .catalogue import CATALOGUE, FaultKind
from .fault import MAX_SEED, FaultRequest

# Without the surge, which adds customers instead of disturbing those of the learner.
STORMY = tuple(kind for kind in FaultKind if kind is not FaultKind.SURGE)
MAX_SECONDS, MAX_AT_ONCE, MAX_HOLD_S = 600, 5, 120


@dataclass(frozen=True, slots=True)
class Storm:
    seed: int = 0
    seconds: int = 60
    kinds: Sequence[FaultKind] = STORMY
    min_hold_s: float = 5.0  # each fault lasts at least this long
    max_hold_s: float = 15.0
    at_once: int = 2

    def schedule(self) -> list[tuple[float, FaultRequest]]:
        """(start, fault) pairs, by start in seconds from the beginning of the storm.

        At most `at_once` faults at a time, all over by the end. At least one fault, unless
        the storm is shorter than `min_hold_s`.
        """
        chance, schedule = Random(self.seed), []
        latest = min(self.min_hold_s, self.seconds - self.min_hold_s)
        for _ in range(self.at_once):  # each lane holds one fault at a time
            at = chance.uniform(0, latest)
            while at + self.min_hold_s <= self.seconds:
                hold_s = min(chance.uniform(self.min_hold_s, self.max_hold_s), self.seconds - at)
                schedule.append((at, self._random_fault(chance, hold_s)))
                at += hold_s + chance.uniform(0, self.min_hold_s)
        return sorted(schedule, key=lambda scheduled: scheduled[0])

    def _random_fault(self, chance: Random, hold_s: float) -> FaultRequest:
        kind = chance.choice(list(self.kinds))
        target = chance.choice(CATALOGUE[kind].places)
        percentage = chance.choice((20, 50, 100))
        if CATALOGUE[kind].is_whole:
            percentage = 100
        return FaultRequest(
            kind, target, percentage=percentage, seed=chance.randint(0, MAX_SEED),
            duration_s=hold_s,
        )  # fmt: skip
