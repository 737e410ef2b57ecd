"""The pages around the lessons: front page, course map, glossary, search, sandbox."""

from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from playground.views import playground_context

from . import learners
from .course import lessons
from .glossary import glossary as entries
from .progress.state import progress_of
from .retrieval.practice import due_count
from .search import passage_of, passages_of
from .search import search as found_in
from .terms import terms

LONGEST_QUERY = 80


def front(request: HttpRequest) -> HttpResponse:
    """A live company, and one button."""
    progress = progress_of(learners.of_session(request.session))
    return render(
        request, "lessons/front.html", {"progress": progress, **playground_context(request)}
    )


def course(request: HttpRequest) -> HttpResponse:
    """The map: what there is, what is done, where to go on."""
    learner = learners.of_session(request.session)
    due = due_count(learner, timezone.now()) if learner else 0
    context = {"progress": progress_of(learner), "due_count": due}
    return render(request, "lessons/course.html", context)


def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "lessons/glossary.html", {"entries": entries()})


def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    passages = chain(
        map(passage_of, terms().values()), *(passages_of(lesson) for lesson in lessons())
    )
    context = {"query": query, "hits": found_in(passages, query)}
    return render(request, "lessons/search.html", context)


def sandbox(request: HttpRequest) -> HttpResponse:
    """The whole company, every knob, no lesson."""
    return render(request, "lessons/sandbox.html", playground_context(request))
