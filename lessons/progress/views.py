"""The progress page, the resume code, the summary to print, and deleting it all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from playground.control import lifecycle
from playground.messaging.parts import UNAVAILABLE
from playground.storage import playgrounds

from ..learners import resuming, sessions
from .state import progress_of
from .summary import summary_of

UNKNOWN = "There is no such code. A code is three words and a number: otter-lamp-violin-4821."
TOO_MANY = "Too many wrong codes were tried. Your progress is kept. Try again in ten minutes."
CANNOT_CHECK = "Redis is away, so the code could not be checked. Try again in a few seconds."
REDIS_AWAY = "Redis is away, so nothing was deleted. Try again in a few seconds."


def progress(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Continue as the learner whose code was typed, and bring this browser's progress along."""
    typed = request.POST.get("code", "")[:80]
    try:
        resuming.resume(request, typed)
    except resuming.UnknownCode:
        return _page(request, error=UNKNOWN, typed=typed, status=422)
    except resuming.TooManyWrongCodes:
        return _page(request, error=TOO_MANY, typed=typed, status=429)
    except UNAVAILABLE:
        return _page(request, error=CANNOT_CHECK, typed=typed, status=503)
    return redirect("progress")


@require_POST
def make_code(request: HttpRequest) -> HttpResponse:
    """Create a code for a visitor who has done nothing yet and wants to begin on two devices."""
    sessions.for_session(request.session)
    return redirect("progress")


def forget(request: HttpRequest) -> HttpResponse:
    """GET asks for confirmation. POST deletes the learner and this browser's playground."""
    if request.method != "POST":
        return render(request, "lessons/forget.html")
    playground = playgrounds.of_session(request.session)
    try:
        if playground is not None:
            lifecycle.delete(playground)
    except UNAVAILABLE:
        return render(request, "lessons/forget.html", {"problem": REDIS_AWAY}, status=503)
    request.session.pop(playgrounds.SESSION_KEY, None)
    sessions.forget(request.session)
    return render(request, "lessons/forgotten.html")


def summary(request: HttpRequest) -> HttpResponse:
    learner = sessions.of_session(request.session)
    chapters = summary_of(learner) if learner else []
    context = {"chapters": chapters, "progress": progress_of(learner)}
    return render(request, "lessons/summary.html", context)


def _page(
    request: HttpRequest, *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    learner = sessions.of_session(request.session)
    context = {
        "progress": progress_of(learner),
        "code": learner.code if learner else "",
        "problem": error,
        "typed": typed,
    }
    return render(request, "lessons/progress.html", context, status=status)
