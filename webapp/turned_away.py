"""The answer to a request whose visitor has its share at work. Made on the event loop."""

from functools import cache

from django.http import HttpResponse
from django.template.loader import render_to_string

from playground.api.problems import RETRY_AFTER_S, Problem

DETAIL = (
    "So many of your requests are at work that this one had no turn. This is not the company's "
    "answer: Inflight protects the other playgrounds on this server."
)


def turned_away(path: str) -> HttpResponse:
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    if path.startswith("/api/"):
        what = f"Try again in {RETRY_AFTER_S} seconds, or send fewer at once."
        return Problem(503, DETAIL, next=what, headers=headers).response()
    headers |= {
        "Content-Security-Policy": "default-src 'self'",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(_page(), status=503, headers=headers)


@cache
def _page() -> str:
    return render_to_string("503_share.html", {"detail": DETAIL})
