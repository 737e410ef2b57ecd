"""Views of a run: start it, keep it alive, stop it, measure it. All answers are JSON."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from playground.bounds import MAX_RUNS
from playground.messaging.parts import UNAVAILABLE
from playground.parsing import parse_json
from playground.storage.playgrounds import for_session

from ..directives import Run
from ..models import LessonRun
from . import runs
from .notebook import Notebook
from .runs import AnotherRun, Locked
from .views import REDIS_AWAY, notebook_of, problem, step_of

_MARK = re.compile("[0-9a-f]{12}")


@require_POST
def start(request: HttpRequest, slug: str, run: str) -> HttpResponse:
    """Note where the run begins, and return its mark and the plan that the page carries out."""

    def answer(notebook: Notebook, directive: Run, body: dict[str, Any]) -> HttpResponse:
        tab = request.headers.get("Inflight-Actor", "")
        try:
            begun = runs.start(
                notebook, directive, for_session(request),
                tab=tab if _MARK.fullmatch(tab) else "",
                without_guess=body.get("without_guess") is True,
            )  # fmt: skip
        except Locked:
            next_step = "Guess first. You learn most from a wrong guess."
            return problem(409, "Your guess is missing.", next_step)
        except AnotherRun:
            return problem(
                409, "Another tab is in the middle of a run in this playground.",
                "Wait until it has ended, or stop it there. A tab that was closed is given up "
                "after 12 seconds.",
            )  # fmt: skip
        return JsonResponse(directive.plan() | {"mark": begun.mark}, status=201)

    return _answered(request, slug, run, answer)


@require_POST
def keep_alive(request: HttpRequest, slug: str, run: str) -> HttpResponse:
    """The page says that it still carries out the run."""

    def answer(notebook: Notebook, directive: Run, body: dict[str, Any]) -> HttpResponse:
        runs.keep_alive(notebook, directive, _mark(body))
        return HttpResponse(status=204)

    return _answered(request, slug, run, answer)


@require_POST
def stop(request: HttpRequest, slug: str, run: str) -> HttpResponse:
    """End the run unmeasured, and what it has switched on."""

    def answer(notebook: Notebook, directive: Run, body: dict[str, Any]) -> HttpResponse:
        runs.stop(notebook, directive, for_session(request), _mark(body))
        return HttpResponse(status=204)

    return _answered(request, slug, run, answer)


@require_POST
def finish(request: HttpRequest, slug: str, run: str) -> HttpResponse:
    """Measure the run, once its messages have settled. The body lists its ids in the flow log."""

    def answer(notebook: Notebook, directive: Run, body: dict[str, Any]) -> HttpResponse:
        run_ids: Any = body.get("runs")
        if not _are_run_ids(run_ids):
            return problem(422, "The body does not list the ids of runs.", "Reload the page.")
        has_settled = body.get("has_settled") is not False
        measured = runs.finish(
            notebook, directive, for_session(request), _mark(body), run_ids, has_settled=has_settled
        )
        found = measured.found
        return JsonResponse({"ended_at": measured.ended_at, "is_partial": found["is_partial"]})

    return _answered(request, slug, run, answer)


def _answered(
    request: HttpRequest, slug: str, run: str,
    answer: Callable[[Notebook, Run, dict[str, Any]], HttpResponse],
) -> HttpResponse:  # fmt: skip
    notebook = notebook_of(request, slug)
    directive: Run = step_of(notebook.lesson, Run, run)
    try:
        return answer(notebook, directive, _body(request))
    except LessonRun.DoesNotExist:
        return problem(409, "This run has ended, or has not been started here.", "Run it again.")
    except UNAVAILABLE:
        return problem(503, REDIS_AWAY, "")


def _mark(body: dict[str, Any]) -> str:
    """Of the run.  Raises LessonRun.DoesNotExist if there is none in the body."""
    mark = body.get("mark")
    if not isinstance(mark, str) or not _MARK.fullmatch(mark):
        raise LessonRun.DoesNotExist
    return mark


def _body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body; empty if it is none."""
    try:
        body = parse_json(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _are_run_ids(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_RUNS
        and all(isinstance(id, str) and _MARK.fullmatch(id) for id in value)
    )
