from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from playground.views import playground_context

from . import course


def start(request: HttpRequest) -> HttpResponse:
    """The course begins with its first lesson."""
    return redirect("lesson", slug=course.lessons()[0].slug)


def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    found = course.find(slug)
    if found is None:
        raise Http404(f"There is no lesson {slug}.")
    context = {"lesson": found, "lessons": course.lessons(), **playground_context(request)}
    return render(request, "lessons/lesson.html", context)
