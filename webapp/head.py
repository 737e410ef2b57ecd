"""HEAD is GET without a body, at every address.

The server leaves the body out (http_request.py), so a view need not know the difference; the
API's framework would answer 405.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class HeadIsGet:
    """Middleware. Views see a GET."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        method = request.method
        if method == "HEAD":
            request.method = "GET"
        try:
            response = self._get_response(request)
        finally:
            request.method = method
        allowed = response.get("Allow", "").replace(" ", "").split(",")
        if "GET" in allowed and "HEAD" not in allowed:
            response["Allow"] = ", ".join([*allowed, "HEAD"])
        return response
