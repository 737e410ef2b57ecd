"""The progress page: how far, the resume code, the summary to print, and the way out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from playground.control import lifecycle
from playground.messaging.parts import UNAVAILABLE
from playground.storage import playgrounds

from .. import learners
from .state import progress_of
from .summary import summary_of

UNKNOWN = "Nobody has this code. It is three words and a number, such as otter-lamp-violin-4821."
TOO_MANY = "Too many codes that nobody has were tried from here. Try again in ten minutes."
REDIS_AWAY = "Nothing was deleted: Redis is away. Try again in a few seconds."


@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Go on as the learner of a code. What this browser had comes along."""
    typed = request.POST.get("code", "")[:80]
    try:
        learners.resume(request, typed)
    except learners.UnknownCode:
        return _page(request, trouble=UNKNOWN, typed=typed, status=422)
    except learners.TooManyTries:
        return _page(request, trouble=TOO_MANY, typed=typed, status=429)
    return redirect("progress")


@require_POST
def make_code(request: HttpRequest) -> HttpResponse:
    """For who has done nothing yet, and wants to begin on two devices."""
    learners.for_session(request.session)
    return redirect("progress")


def forget(request: HttpRequest) -> HttpResponse:
    """GET asks once more. POST deletes the learner, and this browser's playground with it."""
    if request.method != "POST":
        return render(request, "lessons/forget.html")
    playground = playgrounds.of_session(request.session)
    try:
        if playground is not None:
            lifecycle.delete(playground)
    except UNAVAILABLE:
        return render(request, "lessons/forget.html", {"trouble": REDIS_AWAY}, status=503)
    request.session.pop(playgrounds.SESSION_KEY, None)
    learners.forget(request.session)
    return render(request, "lessons/forgotten.html")


@never_cache
def summary(request: HttpRequest) -> HttpResponse:
    learner = learners.of_session(request.session)
    chapters = summary_of(learner) if learner else []
    context = {"chapters": chapters, "progress": progress_of(learner)}
    return render(request, "lessons/summary.html", context)


def _page(
    request: HttpRequest, *, trouble: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    learner = learners.of_session(request.session)
    context = {
        "progress": progress_of(learner),
        "code": learner.code if learner else "",
        "trouble": trouble,
        "typed": typed,
    }
    return render(request, "lessons/progress.html", context, status=status)
