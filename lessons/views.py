"""The pages of the course: front page, course map, lesson, glossary, search, sandbox."""

from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from playground.bounds import MAX_SEARCH
from playground.design.choices import AS_BUILT
from playground.views import playground_context

from .course import Lesson, find, lessons
from .course.glossary import glossary as glossary_entries
from .course.search import passage_of, passages_of
from .course.search import search as search_passages
from .course.terms import terms
from .experiment.notebook import Notebook
from .experiment.page import Page
from .learners.sessions import of_session
from .progress.state import progress_of
from .retrieval.practice import due_count, warm_up


def front(request: HttpRequest) -> HttpResponse:
    """A running company, and one button to press."""
    progress = progress_of(of_session(request.session))
    return render(
        request, "lessons/front.html", {"progress": progress, **playground_context(request)}
    )


def course(request: HttpRequest) -> HttpResponse:
    """The map of the course: every lesson, what is done, and where to continue."""
    learner = of_session(request.session)
    due = due_count(learner, timezone.now()) if learner else 0
    context = {"progress": progress_of(learner), "due_count": due}
    return render(request, "lessons/course.html", context)


def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    lesson = find(slug)
    if lesson is None:
        raise Http404(f"There is no lesson {slug}.")
    learner = of_session(request.session)
    page = Page.of(Notebook(learner, lesson)) if learner else Page.untouched(lesson)
    context = {
        "lesson": lesson,
        "progress": progress_of(learner),
        "warm_up": warm_up(learner, lesson, timezone.now()) if learner else [],
        "blocks": page.blocks,
        "shows_a_verdict": any(block.has_verdict for block in page.blocks),
        "scenario": lesson.scenario,
        "lesson_data": _lesson_data(lesson),
        "next": _next_lesson(lesson),
        **playground_context(request),
    }
    return render(request, "lessons/lesson.html", context)


def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "lessons/glossary.html", {"entries": glossary_entries()})


def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:MAX_SEARCH]
    passages = chain(
        map(passage_of, terms().values()), *(passages_of(lesson) for lesson in lessons())
    )
    context = {"query": query, "hits": search_passages(passages, query)}
    return render(request, "lessons/search.html", context)


def sandbox(request: HttpRequest) -> HttpResponse:
    """The whole company with every control, and no lesson."""
    return render(request, "lessons/sandbox.html", playground_context(request))


def _next_lesson(lesson: Lesson) -> Lesson | None:
    return next((later for later in lessons() if later.number > lesson.number), None)


def _lesson_data(lesson: Lesson) -> dict[str, Any]:
    """What the scripts of the page need, as JSON."""
    return {
        "slug": lesson.slug,
        "services": lesson.services,
        "scene": {
            # Begin with the design as built: choices left over from another lesson or from the
            # sandbox would change what the lesson shows.
            "design": {"preset": AS_BUILT, **lesson.design},
            "faults": [fault.as_json() for fault in lesson.faults],
        },
        "terms": {term.key: term.says for term in terms().values()},
    }
