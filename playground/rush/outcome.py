"""How the work for a rush's customers ended, counted in the database."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ..models import Effect
from .plan import RushPlan, is_finished


@dataclass(frozen=True, slots=True)
class Finished:
    count: int  # customers whose work is done
    took_ms: list[float]  # from sending to the last effect, of customers whose sending is known


def finished(playground: str, plan: RushPlan, sent: Mapping[str, float]) -> Finished:
    """Count the finished customers of a rush, and how long each took.

    `sent`: when the request for each subject was sent, in unix seconds. A rush of profiles has
    no times: all customers save the same profile, so no effect belongs to one of them.
    """
    times: dict[str, dict[str, float]] = defaultdict(dict)
    effects = Effect.objects.filter(playground=playground, run=plan.run)
    if plan.action == "profile":
        return Finished(effects.filter(name="ProfileSaved").count(), [])
    for subject, name, at in effects.values_list("subject", "name", "at").iterator():
        times[subject][name] = at
    done = {
        subject: max(effects.values())
        for subject, effects in times.items()
        if is_finished(plan.action, effects.keys())
    }
    took_ms = [(at - sent[subject]) * 1000 for subject, at in done.items() if subject in sent]
    return Finished(len(done), took_ms)
