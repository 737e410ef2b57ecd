"""What a row of the catalogue says: at which stage a fault acts, and what happens then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """Where a fault acts on a message's way (or on a queue, or on the company as a whole)."""

    PUBLISH = "publish"  # between the publisher and a subscriber's queue
    QUEUE = "queue"  # the whole queue: no message is received from it
    TRANSIT = "transit"  # on the way to the service
    ARRIVAL = "arrival"  # at the service, before its work
    READING = "reading"  # when the service parses the message
    WORK = "work"  # while the handler works
    COMMITTED = "committed"  # after the work is stored, before its events are published
    CONFIRMATION = "confirmation"  # on the way back: the answer, or the acknowledgement
    LOAD = "load"  # on no message: the fault adds load


class Outcome(StrEnum):
    """What happens to a message that a fault hits. Of two faults at one stage, the one listed
    first here counts."""

    REFUSED = "refused"  # at once, without any work done
    FAILED = "failed"  # with an error, without any work done
    NO_ANSWER = "no answer"  # until the time-out
    KILLED = "killed"  # the process that works on it is killed
    UNREADABLE = "unreadable"  # for this reader, at every attempt
    DELAYED = "delayed"  # by `ms`
    DECIDED_OTHERWISE = "decided otherwise"  # the handler works under the row's `settings`
    UNCONFIRMED = "unconfirmed"  # done, but the answer or ack is lost
    CRASHED = "crashed"  # the step ends here
    LOST = "lost"
    COPIED = "copied"
    HELD_BACK = "held back"  # by `ms`, so that later messages overtake it
    STOPPED = "stopped"  # as long as the fault lasts
    CUSTOMERS = "customers"  # more of them come


@dataclass(frozen=True, slots=True)
class Spec:
    title: str
    says: str  # one sentence for the person who switched it on, with {place}, {ms}, {status}
    calls: str  # its effect on a call
    texts: str  # its effect on a text
    teaches: str
    answers: tuple[str, ...]  # names of the design choices that answer it
    places: tuple[str, ...]  # services, connections or the broker that it can be put on
    stage: Stage
    outcome: Outcome
    default_ms: int = 0  # 0: the kind takes no `ms`
    default_status: int = 0  # 0: the kind takes no HTTP status
    is_whole: bool = False  # it hits every message at its place: no percentage, no limit
    texts_only: bool = False  # it cannot hit a call
    is_sticky: bool = False  # it hits a message at every attempt, or at none
    settings: Mapping[str, int] = field(default_factory=dict)  # of the service, for a hit message
    says_of_texts: str = ""  # one more sentence, where something can be texted to
    needs: tuple[str, ...] = ()  # fields that the reader now requires and no message has
