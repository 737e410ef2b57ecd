"""The answer to a request that was refused before it reached Django: an error page, or a problem."""

import json
from http import HTTPStatus

from playground.bounds import KB, MAX_BODY, MAX_HEAD, MAX_HEADERS, MAX_PATH

from .answer_headers import DEFAULTS

DETAILS = {
    400: ("The server could not read this request.", "Reload the page, and try again."),
    403: ("You have no access to this address.", "Open it from a page of this server."),
    404: ("There is nothing at this address.", "Look whether it is mistyped."),
    413: (f"The request body has more than {MAX_BODY // KB} KB.", "Send a smaller one."),
    414: (f"The address has more than {MAX_PATH} characters.", "Use a shorter one."),
    431: (
        f"The request has more than {MAX_HEADERS} headers, or {MAX_HEAD // KB} KB of them.",
        "Send fewer.",
    ),
    500: ("Something went wrong on our side.", "Look whether it was done, then try again."),
    503: ("The server did not answer in time.", "Look whether it was done, then try again."),
}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title} · Inflight</title>
<h1>{title}</h1>
<p>{detail} {kept} {next}</p>
</html>
"""


def refusal(status: int, *, is_api: bool) -> bytes:
    """A whole HTTP answer, after which the connection is closed."""
    title = HTTPStatus(status).phrase
    detail, next = DETAILS.get(status, (HTTPStatus(status).description, ""))
    kept = "Nothing was changed." if status < 500 else "Your request may have been carried out."
    if is_api:
        media_type = "application/problem+json"
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        body = json.dumps({**problem, "kept": kept, "next": next})
    else:
        media_type = "text/html; charset=utf-8"
        body = _PAGE.format(title=title, detail=detail, kept=kept, next=next)
    defaults = "".join(f"{name}: {value}\r\n" for name, value in DEFAULTS.items())
    head = (
        f"HTTP/1.1 {status} {title}\r\n"
        f"Content-Type: {media_type}\r\n"
        f"Content-Length: {len(body.encode())}\r\n"
        "Content-Security-Policy: default-src 'none'\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"{defaults}"
        "Connection: close\r\n\r\n"
    )
    return (head + body).encode()
