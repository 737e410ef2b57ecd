"""What is stored of a run once it has been measured: `LessonRun.found`."""

from collections.abc import Mapping, Sequence
from typing import Any

from playground.flow.records import Record

from ..course import Lesson
from ..directives import Asked, Claim, Code, Run, SecondCase, Verdict
from ..measuring.disturbances import KnownFault, Mark, disturbances
from ..measuring.evidence import Evidence
from ..measuring.measures import Measurement
from . import evidence_reader, guesses


def findings(
    lesson: Lesson, run: Run, evidence: Evidence, mark: Mark, in_force: Mapping[str, KnownFault]
) -> dict[str, Any]:
    """Answers to questions, measures, claims, disturbances and lines that ran, by their names."""
    questions = [asked for asked in lesson.all_of(Asked) if asked.run == run.id]
    return {
        "steps": {asked.id: guesses.measured(asked, evidence) for asked in questions},
        "measures": {m.name: m.of(evidence) for m in _compared(lesson, run)},
        "claims": _claims(lesson, run, evidence),
        "disturbances": _disturbances(run, evidence, mark, in_force),
        "lines": _lines(lesson, run, evidence),
        "is_partial": evidence.is_partial,
    }


def functions_shown(lesson: Lesson, run: Run) -> list[str]:
    """The functions whose code the lesson shows for this run."""
    return sorted({code.source.name for code in lesson.all_of(Code) if code.run == run.id})


def _compared(lesson: Lesson, run: Run) -> list[Measurement]:
    """The measures that second cases show of this run."""
    cases = lesson.all_of(SecondCase)
    return [m for case in cases if run.id in (case.id, case.beside) for m in case.measures]


def _claims(lesson: Lesson, run: Run, evidence: Evidence) -> dict[str, bool | None]:
    """Whether each claim about this run holds (None: not measured), by the claim's key."""
    return {
        claim.key(run.id): when.found(evidence)
        for claim, own, beside in claims_of(lesson)
        for name, when in ((own, claim.when), (beside, claim.beside))
        if name == run.id and when is not None
    }


def claims_of(lesson: Lesson) -> Sequence[tuple[Claim, str, str]]:
    """Each claim of the lesson, with the ids of its run and of the run beside it ("" if none)."""
    return [
        *(
            (claim, verdict.run, "")
            for verdict in lesson.all_of(Verdict)
            for claim in verdict.claims
        ),
        *((claim, c.id, c.beside) for c in lesson.all_of(SecondCase) for claim in c.claims),
    ]


def _disturbances(
    run: Run, evidence: Evidence, mark: Mark, in_force: Mapping[str, KnownFault]
) -> list[str]:
    if not run.twin:
        return disturbances(evidence.around, mark, in_force)
    # A side is a playground of its own, and everything in it belongs to the run.
    everywhere = {id: fault for id, fault in in_force.items() if fault.is_everywhere}
    return [
        f"{run.twin.title(side)}: {sentence}"
        for side, of_side in evidence.sides.items()
        for sentence in disturbances(
            of_side.records, Mark("", "", {r.run for r in of_side.records if r.run}), everywhere
        )
    ]


def _lines(lesson: Lesson, run: Run, evidence: Evidence) -> dict[str, list[int]]:
    """The numbers of the lines that ran, by function, of those that the lesson shows."""
    shown = functions_shown(lesson, run)
    records: list[Record] = [
        r for part in (evidence, *evidence.sides.values()) for r in part.records
    ]
    ran = evidence_reader.lines_that_ran(records)
    return {name: lines for name, lines in ran.items() if name in shown}


def as_json(in_force: Mapping[str, KnownFault]) -> dict[str, Any]:
    return {id: [fault.title, fault.is_everywhere, fault.actor] for id, fault in in_force.items()}


def from_json(stored: Mapping[str, Any]) -> dict[str, KnownFault]:
    return {id: KnownFault(*fields) for id, fields in stored.items()}
