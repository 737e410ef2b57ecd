"""The instructor's page: who is there, and what breaks for all of them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from playground.control import faults, snapshot
from playground.control.presence import live_playgrounds
from playground.faults.fault import FaultRequest
from playground.messaging.parts import UNAVAILABLE

from . import links
from .forms import FaultForm

REDIS_AWAY = (
    "Redis is away: nobody can be counted, and nothing was switched. "
    "It is started again by itself; try once more in a few seconds."
)


def how_to_enter(request: HttpRequest) -> HttpResponse:
    return render(request, "classroom/how_to_enter.html", status=401)


@never_cache
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """GET asks for a press, so that a link preview does not use the link up."""
    if request.method != "POST":
        is_open = links.is_open(secret)
        return render(
            request, "classroom/enter.html", {"is_open": is_open}, status=200 if is_open else 410
        )
    instructor = links.use(secret)
    if instructor is None:
        return render(request, "classroom/enter.html", {"is_open": False}, status=410)
    login(request, instructor)
    return redirect("classroom:console")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("front")


@login_required
def console(request: HttpRequest) -> HttpResponse:
    return render(request, "classroom/console.html", _console(request))


@login_required
def room(request: HttpRequest) -> HttpResponse:
    """What changes by itself: asked for every two seconds."""
    return render(request, "classroom/_room.html", _room())


@login_required
@require_POST
def inject(request: HttpRequest) -> HttpResponse:
    form = FaultForm(request.POST)
    if form.is_valid():
        trouble = _trying(lambda: faults.inject_everywhere(FaultRequest(**form.cleaned_data)))
        return _answer(request, FaultForm(initial=form.cleaned_data), trouble)
    return _answer(request, form)


@login_required
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """Repair one fault, or everything."""
    fault = request.POST.get("fault") or None
    return _answer(request, FaultForm(), _trying(lambda: faults.clear_everywhere(fault)))


def _answer(request: HttpRequest, form: FaultForm, trouble: str = "") -> HttpResponse:
    """The page anew; for htmx, which sends HX-Request, only its changing part."""
    context = _console(request) | {"form": form}
    if trouble:
        context["trouble"] = trouble
    is_partial = "HX-Request" in request.headers
    template = "classroom/_console.html" if is_partial else "classroom/console.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _console(request: HttpRequest) -> dict[str, Any]:
    address = request.build_absolute_uri("/")
    return {"form": FaultForm(), "address": address, **_room()}


def _room() -> dict[str, Any]:
    try:
        here = live_playgrounds()
        waiting = snapshot.on_the_way_in([p.playground for p in here])
        return {
            "present": [asdict(p) | {"waiting": waiting[p.playground]} for p in here],
            "sockets": sum(p.sockets for p in here),
            "faults": faults.faults_everywhere(),
        }
    except UNAVAILABLE:
        return {"trouble": REDIS_AWAY}


def _trying(change: Callable[[], object]) -> str:
    try:
        change()
    except UNAVAILABLE:
        return REDIS_AWAY
    return ""
