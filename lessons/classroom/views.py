"""The instructor's page: the playgrounds that are open, and faults for all of them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from playground.control import faults, snapshot
from playground.control.presence import live_playgrounds
from playground.faults.fault import FaultRequest
from playground.messaging.parts import UNAVAILABLE

from . import links
from .forms import FaultForm

REDIS_AWAY = (
    "Redis is away, so nobody can be counted and no fault was changed. "
    "It restarts by itself. Try again in a few seconds."
)


def how_to_enter(request: HttpRequest) -> HttpResponse:
    response = render(request, "classroom/how_to_enter.html", status=401)
    response["WWW-Authenticate"] = 'Link realm="instructor"'  # the page says how to get one
    return response


def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in with a POST only, so that the preview of a chat program does not use the link up."""
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
def status(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes by itself. The page polls it every two seconds."""
    return render(request, "classroom/_status.html", _status())


@login_required
@require_POST
def inject(request: HttpRequest) -> HttpResponse:
    form = FaultForm(request.POST)
    if form.is_valid():
        error = _change(lambda: faults.inject_everywhere(FaultRequest(**form.cleaned_data)))
        return _answer(request, FaultForm(initial=form.cleaned_data), error)
    return _answer(request, form)


@login_required
@require_POST
def repair(request: HttpRequest) -> HttpResponse:
    """Repair one fault, or everything if the form names none."""
    fault_id = request.POST.get("fault") or None
    return _answer(request, FaultForm(), _change(lambda: faults.clear_everywhere(fault_id)))


def _answer(request: HttpRequest, form: FaultForm, error: str = "") -> HttpResponse:
    """The page as it is now; only its changing part for htmx, which sends HX-Request."""
    context = _console(request) | {"form": form}
    if error:
        context["problem"] = error
    is_partial = "HX-Request" in request.headers
    template = "classroom/_console.html" if is_partial else "classroom/console.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _console(request: HttpRequest) -> dict[str, Any]:
    address = request.build_absolute_uri("/")
    return {"form": FaultForm(), "address": address, **_status()}


def _status() -> dict[str, Any]:
    try:
        present = live_playgrounds()
        waiting = snapshot.on_the_way_in([p.playground for p in present])
        return {
            "present": [asdict(p) | {"waiting": waiting[p.playground]} for p in present],
            "sockets": sum(p.sockets for p in present),
            "faults": faults.faults_everywhere(),
        }
    except UNAVAILABLE:
        return {"problem": REDIS_AWAY}


def _change(change: Callable[[], object]) -> str:
    """Make the change, and return the error to show: "" if it was made."""
    try:
        change()
    except UNAVAILABLE:
        return REDIS_AWAY
    return ""
