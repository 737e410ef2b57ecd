"""The context of the playground's panels, and what pages ask for beside the API."""

from dataclasses import asdict
from typing import Any, get_args

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST
from ninja.errors import Throttled

from .api import new_playgrounds, problems
from .company.catalogue import RESTAURANTS
from .company.topology import (
    SERVICES,
    optional_services,
    possible_subscribers,
    working_services,
)
from .design.choices import PRESETS, Design
from .design.retry import Policy
from .faults.catalogue import CATALOGUE
from .faults.storm import STORMY
from .storage.playgrounds import for_session, issue_token, of_session
from .storage.redis_adapter import StoreUnavailable


def playground_context(request: HttpRequest) -> dict[str, Any]:
    """The template context of `playground/_playground.html`.

    A page is drawn without a playground as well; its script begins one (static/js/live/api.js).
    """
    playground = of_session(request.session)
    playground_id = playground.id if playground else ""
    return {
        "playground": playground_id,
        "restaurants": RESTAURANTS,
        "services": [SERVICES[name] for name in working_services()],
        "subscribers": possible_subscribers(),
        "optional": [SERVICES[name] for name in optional_services()],
        "choices": {name: field.description for name, field in Design.model_fields.items()},
        "presets": PRESETS,
        "policies": get_args(Policy),
        "stormy": [(kind.value, CATALOGUE[kind].title) for kind in STORMY],
        "playground_data": {
            "playground": playground_id,
            "titles": {name: service.title for name, service in SERVICES.items()},
            "does": {name: service.does for name, service in SERVICES.items()},
            "faults": {kind.value: asdict(spec) for kind, spec in CATALOGUE.items()},
        },
    }


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Make this session's playground, if it has none."""
    try:
        return JsonResponse({"playground": new_playgrounds.for_session(request).id})
    except Throttled as error:
        return problems.throttled(error).response()
    except StoreUnavailable as error:
        return problems.store_is_unavailable(str(error)).response()


@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Issue a token for this session's playground, for curl."""
    return JsonResponse({"token": issue_token(for_session(request))}, status=201)


@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],  # Mermaid writes styles; only in this frame
        "font-src": ["'self'"],  # labels are measured in the font that shows them
        "frame-ancestors": ["'self'"],
    }
)
def mermaid_frame(request: HttpRequest) -> HttpResponse:
    """An empty page in which Mermaid computes geometry, under a looser security policy."""
    return render(request, "playground/mermaid_frame.html")
