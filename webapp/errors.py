"""Error pages: what happened, what was kept, what to do next. Problems under /api/."""

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from playground.storage.connections import DATABASE_UNAVAILABLE


class ApiProblems:
    """Middleware: whatever else fails under /api/ (a wrong method, say) is a problem, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        is_problem = response.get("Content-Type", "").startswith("application/problem+json")
        if response.status_code < 400 or is_problem or not _is_api(request):
            return response
        problem = _problem(response.status_code, DETAILS.get(response.status_code, ""))
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response:
                problem[name] = response[name]
        return problem


DETAILS = {405: "This address does not allow this method; the header Allow lists those it does."}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, "The server could not read this request.")


def holds_nul(request: HttpRequest) -> HttpResponse:
    detail = "The address, a cookie or a field contains the character NUL. Remove it."
    return _error(request, 422 if _is_api(request) else 400, detail)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, "You have no access to this address.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return nothing_here(request)


def nothing_here(request: HttpRequest) -> HttpResponse:
    return _error(request, 404, "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception that no view has caught."""
    if isinstance(sys.exc_info()[1], DATABASE_UNAVAILABLE):
        response = _error(request, 503, "The database is not available, or too slow.")
        response["Retry-After"] = "5"
        return response
    return _error(request, 500, "Something went wrong on our side.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(request, 403, "This form has expired, or cookies are blocked.", "403_csrf.html")


def _error(request: HttpRequest, status: int, detail: str, template: str = "") -> HttpResponse:
    if _is_api(request):
        return _problem(status, detail)
    return render(request, template or f"{status}.html", {"detail": detail}, status=status)


def _problem(status: int, detail: str) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).description,
        "kept": "Your request may have been carried out."
        if status >= 500
        else "Nothing was changed.",
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
