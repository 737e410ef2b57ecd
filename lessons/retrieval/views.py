"""The review page, and the answer to a card wherever it is asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .. import learners
from ..course import find
from ..progress.state import begun_at
from . import practice


@never_cache
def review(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    learner = learners.of_session(request.session)
    cards = practice.review(learner, now) if learner else []
    context = {
        "cards": cards,
        "due_count": sum(card.answer is None for card in cards),
        "next_due": practice.next_due(learner, now) if learner else None,
        "has_learnt": learner is not None and bool(begun_at(learner)),
    }
    return render(request, "lessons/review.html", context)


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Keep an answer; show the card with what is right, and why.

    htmx gets the card; a plain form is sent back to its place on the page.
    """
    question, choice, place = (request.POST.get(n, "") for n in ("question", "choice", "place"))
    if place != practice.REVIEW and find(place) is None:
        return _cannot(request, "This card belongs to no page.")
    learner = learners.for_session(request.session)
    try:
        card = practice.answer(learner, question, choice, place, timezone.now())
    except practice.NoSuchChoice:
        return _cannot(request, "Choose one of the answers first.")
    if "HX-Request" in request.headers:
        return render(request, "lessons/_card.html", {"card": card})
    page = reverse("review") if place == practice.REVIEW else reverse("lesson", args=[place])
    return redirect(f"{page}#card-{question}")


def _cannot(request: HttpRequest, what: str) -> HttpResponse:
    return render(request, "lessons/no_answer.html", {"what": what}, status=422)
