"""The experiment on a lesson's page: guess, run, say what was seen, be told. Thin views.

Each form works without script as well: then the answer is the lesson's page anew.
"""

import json
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from playground.storage.playgrounds import for_session

from . import course
from .course import Lesson
from .directives import Asked, Directive, Run, Transfer
from .guesses import BadGuess, read_confidence, read_guess
from .learners import for_session as learner_of
from .models import LessonRun
from .notebook import Locked, Notebook, TooLate
from .page import Page

MOST_RUNS = 200
_RUN_ID = re.compile(r"^[0-9a-f]{12}$")
REDIS_AWAY = "Redis is away: nothing was noted. Wait for the badge to say Live, and press again."


def _lesson(slug: str) -> Lesson:
    lesson = course.find(slug)
    if lesson is None:
        raise Http404(f"There is no lesson {slug}.")
    return lesson


def _notebook(request: HttpRequest, slug: str) -> Notebook:
    return Notebook(learner_of(request.session), _lesson(slug))


def _step(lesson: Lesson, kind: Any, id: str) -> Any:
    found = lesson.directive(kind, id)
    if found is None:
        raise Http404(f"The lesson has no step {id}.")
    return found


@require_POST
def say(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """A guess, an observation, or a decision: whatever this step asks for."""
    book = _notebook(request, slug)
    one = _step(book.lesson, Directive, step)
    trouble = ""
    try:
        _note(request, book, one)
    except BadGuess as bad:
        trouble = str(bad)
    except TooLate:
        trouble = "You have run it already, so this would be no guess any more."
    return _answer(request, book, one, trouble)


def _note(request: HttpRequest, book: Notebook, step: Directive) -> None:
    """Raises BadGuess, TooLate."""
    form = request.POST
    match step:
        case Asked(kind_of_step="predict"):
            book.guess(step, read_guess(step, form), read_confidence(form))
        case Asked():
            book.observe(step, read_guess(step, form))
        case Transfer():
            book.transfer(step.id, *_decision(step, request))
        case _:
            raise Http404("This step asks nothing.")


def _decision(step: Transfer, request: HttpRequest) -> tuple[str, str]:
    value, words = request.POST.get("value", ""), request.POST.get("words", "").strip()
    if value not in [option.value for option in step.options]:
        raise BadGuess("Choose one of the answers.")
    if len(words) < 3:
        raise BadGuess("Write why, in a few words: the reason is what this is about.")
    return value, words[:2000]


def _answer(request: HttpRequest, book: Notebook, step: Directive, trouble: str) -> HttpResponse:
    """The step anew; without htmx, the page again at the step."""
    if "HX-Request" not in request.headers and not trouble:
        return redirect(f"{reverse('lesson', args=[book.lesson.slug])}#step-{step.id}")  # type: ignore[attr-defined]
    page = Page.of(book)
    context = {"lesson": book.lesson, "block": page.step(step), "trouble": trouble}
    status = 422 if trouble else 200
    if "HX-Request" not in request.headers:
        return render(request, "lessons/step_alone.html", context, status=status)
    return render(request, page.step(step).template, context, status=status)


@never_cache
def step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """A step as it is now: the page asks for it when something else has changed it."""
    book = _notebook(request, slug)
    page = Page.of(book)
    for block in page.blocks:
        if block.anchor == step:
            return render(request, block.template, {"lesson": book.lesson, "block": block})
    raise Http404(f"The lesson has no step {step}.")


@require_POST
def start(request: HttpRequest, slug: str, run: str) -> JsonResponse:
    """Note where the run begins, and hand out what it does."""
    book = _notebook(request, slug)
    one: Run = _step(book.lesson, Run, run)
    without_guess = _body(request).get("without_guess") is True
    try:
        book.start(one, for_session(request), without_guess=without_guess)
    except Locked:
        return _problem(409, "Your guess is missing.", "Guess first; a wrong guess is worth more.")
    except RedisError:
        return _problem(503, REDIS_AWAY, "")
    return JsonResponse(one.plan(), status=201)


@require_POST
def finish(request: HttpRequest, slug: str, run: str) -> JsonResponse:
    """It has settled: measure it. The body names the ids of its runs."""
    book = _notebook(request, slug)
    one: Run = _step(book.lesson, Run, run)
    runs: Any = _body(request).get("runs")
    if not _are_runs(runs):
        return _problem(422, "These are no ids of runs.", "Reload the page.")
    try:
        done = book.finish(one, for_session(request), runs)
    except LessonRun.DoesNotExist:
        return _problem(409, "This run has not been started here.", "Run it again.")
    except RedisError:
        return _problem(503, REDIS_AWAY, "")
    return JsonResponse({"ended_at": done.ended_at, "is_partial": done.found["is_partial"]})


@require_POST
def tasks(request: HttpRequest, slug: str) -> JsonResponse:
    """Which tasks are done by now; the first time, the lesson begins to watch."""
    book, playground = _notebook(request, slug), for_session(request)
    try:
        is_first = book.open(playground)
        return JsonResponse({"done": sorted(book.tick(playground)), "is_first": is_first})
    except RedisError:
        return _problem(503, REDIS_AWAY, "")


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _are_runs(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_RUNS
        and all(isinstance(id, str) and _RUN_ID.match(id) for id in value)
    )


def _problem(status: int, detail: str, next: str) -> JsonResponse:
    told = {"type": "about:blank", "status": status, "detail": detail, "next": next}
    return JsonResponse(told, status=status, content_type="application/problem+json")
