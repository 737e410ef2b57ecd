"""The character NUL is no part of any text, and PostgreSQL takes none: it ends here.

For JSON, playground/parsing.py refuses it.
"""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse

from .errors import holds_nul, nothing_here


class RefuseNul:
    """Middleware: address, cookies and forms hold no NUL where a view reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            return nothing_here(request)
        if any("\0" in text for text in _fields(request)):
            return holds_nul(request)
        return self._get_response(request)


def _fields(request: HttpRequest) -> Iterator[str]:
    yield from request.COOKIES.values()
    forms = [request.GET]
    if not request.path.startswith("/api/"):  # which reads no forms
        forms.append(request.POST)
    for form in forms:
        for name, values in form.lists():
            yield from (name, *values)
