"""The review page, and answers to cards on that page and in warm-ups."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ..course import find
from ..learners import sessions
from ..progress.state import begun_at
from . import practice


def review(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    learner = sessions.of_session(request.session)
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
    """Store an answer, and show the card with the right answer and the reason.

    For htmx, return the card; otherwise redirect to the card on its page.
    """
    question, choice, place = (request.POST.get(n, "") for n in ("question", "choice", "place"))
    if place != practice.REVIEW and find(place) is None:
        return _rejected(request, "This card belongs to no page.")
    learner = sessions.for_session(request.session)
    try:
        card = practice.answer(learner, question, choice, place, timezone.now())
    except practice.NoSuchChoice:
        return _rejected(request, "Choose one of the answers first.")
    if "HX-Request" in request.headers:
        return render(request, "lessons/_card.html", {"card": card})
    page = reverse("review") if place == practice.REVIEW else reverse("lesson", args=[place])
    return redirect(f"{page}#card-{question}")


def _rejected(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "lessons/no_answer.html", {"what": reason}, status=422)
