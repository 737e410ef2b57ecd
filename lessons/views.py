from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from playground.design.choices import AS_BUILT
from playground.views import playground_context

from . import course, learners
from .notebook import Notebook
from .page import Page
from .progress.state import progress_of
from .retrieval.practice import warm_up
from .terms import terms


def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    found = course.find(slug)
    if found is None:
        raise Http404(f"There is no lesson {slug}.")
    learner = learners.of_session(request.session)
    page = Page.of(Notebook(learner, found)) if learner else Page.untouched(found)
    context = {
        "lesson": found,
        "progress": progress_of(learner),
        "warm_up": warm_up(learner, found, timezone.now()) if learner else [],
        "blocks": page.blocks,
        "shows_a_verdict": any(block.has_verdict for block in page.blocks),
        "scenario": found.scenario,
        "lesson_data": _lesson_data(found),
        "next": _after(found),
        **playground_context(request),
    }
    return render(request, "lessons/lesson.html", context)


def _after(lesson: course.Lesson) -> course.Lesson | None:
    return next((one for one in course.lessons() if one.number > lesson.number), None)


def _lesson_data(lesson: course.Lesson) -> dict[str, Any]:
    """What the page's scripts need to know."""
    return {
        "slug": lesson.slug,
        "scene": {
            # What another lesson, or the sandbox, has left behind would make other surprises.
            "design": {"preset": AS_BUILT, **lesson.design},
            "faults": [fault.as_json() for fault in lesson.faults],
        },
        "terms": {term.key: term.says for term in terms().values()},
    }
