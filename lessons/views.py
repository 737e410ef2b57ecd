from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from playground.views import playground_context

from . import course, learners
from .progress.state import progress_of
from .retrieval.practice import warm_up


def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    found = course.find(slug)
    if found is None:
        raise Http404(f"There is no lesson {slug}.")
    learner = learners.of_session(request.session)
    context = {
        "lesson": found,
        "progress": progress_of(learner),
        "warm_up": warm_up(learner, found, timezone.now()) if learner else [],
        **playground_context(request),
    }
    return render(request, "lessons/lesson.html", context)
