"""Views of an experiment: store guesses and observations, show a step, tick tasks.

Forms also work without script: the answer is then a redirect to the step on the lesson's page, or
the step on a page of its own if the form was invalid.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from playground.bounds import MAX_ANSWER
from playground.messaging.parts import UNAVAILABLE
from playground.parsing import visible_text
from playground.storage.playgrounds import for_session

from .. import course
from ..course import Lesson
from ..directives import Asked, Directive, Transfer
from ..learners.sessions import for_session as learner_for_session
from .guesses import InvalidGuess, read_confidence, read_guess
from .notebook import Notebook, TooLate
from .page import Page

REDIS_AWAY = (
    "Redis is away, so nothing was stored. Wait until the badge says Live, then press again."
)


def _lesson(slug: str) -> Lesson:
    lesson = course.find(slug)
    if lesson is None:
        raise Http404(f"There is no lesson {slug}.")
    return lesson


def notebook_of(request: HttpRequest, slug: str) -> Notebook:
    return Notebook(learner_for_session(request.session), _lesson(slug))


def step_of(lesson: Lesson, kind: Any, id: str) -> Any:
    step = lesson.directive(kind, id)
    if step is None:
        raise Http404(f"The lesson has no step {id}.")
    return step


@require_POST
def say(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """Store the learner's answer to a step: a guess, an observation or a decision."""
    notebook = notebook_of(request, slug)
    directive = step_of(notebook.lesson, Directive, step)
    error = ""
    try:
        _store(request, notebook, directive)
    except InvalidGuess as invalid:
        error = str(invalid)
    except TooLate:
        error = "You have already run it, so it is too late for a guess."
    return _answer(request, notebook, directive, error)


def _store(request: HttpRequest, notebook: Notebook, step: Directive) -> None:
    """Raises InvalidGuess, TooLate."""
    form = request.POST
    match step:
        case Asked(kind_of_step="predict"):
            notebook.guess(step, read_guess(step, form), read_confidence(form))
        case Asked():
            notebook.observe(step, read_guess(step, form))
        case Transfer():
            notebook.transfer(step.id, *_decision(step, request))
        case _:
            raise Http404("This step takes no answer.")


def _decision(step: Transfer, request: HttpRequest) -> tuple[str, str]:
    """The value of the chosen option, and the learner's reason.  Raises InvalidGuess."""
    value = request.POST.get("value", "")
    if value not in [option.value for option in step.options]:
        raise InvalidGuess("Choose one of the answers.")
    try:
        words = visible_text(request.POST.get("words", ""), lines=True)
    except ValueError as error:
        raise InvalidGuess(f"Say why, in a few words: your reason {error}.") from None
    if len(words) < 3:
        raise InvalidGuess("Say why, in a few words. The reason matters more than the answer.")
    return value, words[:MAX_ANSWER]


def _answer(request: HttpRequest, notebook: Notebook, step: Directive, error: str) -> HttpResponse:
    """The step as it is now, for htmx; otherwise a redirect to it, or a page with the error."""
    if "HX-Request" not in request.headers and not error:
        lesson_url = reverse("lesson", args=[notebook.lesson.slug])
        return redirect(f"{lesson_url}#step-{step.id}")  # type: ignore[attr-defined]
    page = Page.of(notebook)
    block = page.step(step)
    context = {"lesson": notebook.lesson, "problem": error}
    status = 422 if error else 200
    if "HX-Request" not in request.headers:
        alone = {**context, "shown": block}
        return render(request, "lessons/step_alone.html", alone, status=status)
    return render(request, block.template, {**context, "block": block}, status=status)


def step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """One step as it is now. The page asks for it after a run, or a guess, that changes it."""
    notebook = notebook_of(request, slug)
    page = Page.of(notebook)
    for block in page.blocks:
        if block.anchor == step:
            return render(request, block.template, {"lesson": notebook.lesson, "block": block})
    raise Http404(f"The lesson has no step {step}.")


@require_POST
def tasks(request: HttpRequest, slug: str) -> JsonResponse:
    """The tasks that are done, and what the others lack. The first request begins to watch them."""
    notebook, playground = notebook_of(request, slug), for_session(request)
    try:
        is_first = notebook.open(playground)
        done, missing = notebook.tick(playground)
        return JsonResponse({"done": sorted(done), "missing": missing, "is_first": is_first})
    except UNAVAILABLE:
        return problem(503, REDIS_AWAY, "")


def problem(status: int, detail: str, next: str) -> JsonResponse:
    """An error as problem+json (RFC 9457). `next` tells the learner what to do."""
    body = {"type": "about:blank", "status": status, "detail": detail, "next": next}
    return JsonResponse(body, status=status, content_type="application/problem+json")
