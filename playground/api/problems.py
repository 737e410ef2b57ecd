"""Every error as application/problem+json (RFC 9457).

Each problem says what happened (`detail`), what was changed nevertheless (`kept`), and what to
do (`next`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from ..bounds import MAX_WORDS
from ..company.errors import (
    CallFailed,
    CallReset,
    CallThrottled,
    CallTimedOut,
    CircuitOpen,
    CompanyError,
    EmailTaken,
    PublishFailed,
    Refused,
    StartedOver,
    UnknownEntity,
    WrongPassword,
)
from ..design.choices import InvalidDesign
from ..faults.fault import InvalidFault
from ..flow.search import TooManyWords
from ..messaging.port import BrokerUnavailable
from ..parsing import Unacceptable
from ..rush.admission import MAX_RATE_OF_ALL, ServerIsFull
from ..rush.long_work import NoWorkerTold
from ..rush.store import AlreadyRushing
from ..storage.connections import DATABASE_UNAVAILABLE
from ..storage.redis_adapter import StoreUnavailable
from ..twin.store import AlreadyTwinned

RETRY_AFTER_S = 5
_RETRY_AFTER = {"Retry-After": str(RETRY_AFTER_S)}
BEARER = 'Bearer realm="playground"'
# The scheme has no name in the field: e-mail address and password are in the body.
PASSWORD = 'Password realm="shop"'
NOTHING_CHANGED = "Nothing was changed."
# A commit that gets no answer may have been carried out.
PROBABLY_NOTHING = "Nothing was changed, unless the database went away while it was storing it."


@dataclass
class Problem(Exception):
    status: int
    detail: str
    kept: str = NOTHING_CHANGED
    next: str = ""
    errors: Sequence[dict[str, str]] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.status == 401:  # RFC 9110 asks for a challenge in every 401, a fault's as well
            self.headers = {"WWW-Authenticate": BEARER} | self.headers

    def response(self) -> HttpResponse:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": _title(self.status),
            "status": self.status,
            "detail": self.detail,
            "kept": self.kept,
        }
        if self.next:
            body["next"] = self.next
        if self.errors:
            body["errors"] = list(self.errors)
        return JsonResponse(
            body,
            status=self.status,
            content_type="application/problem+json",
            headers=self.headers,
        )


def _title(status: int) -> str:
    """The status's phrase; a fault may use a status that has none."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else f"Status {status}"


def of_company_error(error: CompanyError, kept: str = NOTHING_CHANGED) -> Problem:
    """The problem document for a refusal or failure. `kept`: what was changed nevertheless."""
    detail = str(error)
    match error:
        case UnknownEntity():
            return Problem(404, detail, kept, "Look up the existing ones, or reset the playground.")
        case StartedOver():
            return Problem(409, detail, kept, "Send it again if you still want it.")
        case EmailTaken():
            return Problem(409, detail, kept, "Use another e-mail address.", _at("email", detail))
        case Refused():
            return Problem(
                422,
                detail,
                kept,
                "Correct the field and send the request again.",
                _at(error.field, detail),
            )
        case WrongPassword():
            what = "Check both; the first users have “inflight”."
            return Problem(401, detail, kept, what, headers={"WWW-Authenticate": PASSWORD})
        case CallTimedOut():
            what = "Check its state before you repeat the request: the work may have been done."
            return Problem(504, detail, kept, what)
        case CircuitOpen() | CallThrottled():
            what = f"Try again in {RETRY_AFTER_S} seconds."
            return Problem(503, detail, kept, what, headers=dict(_RETRY_AFTER))
        case PublishFailed():
            what = "Check its state before you repeat the request: it may have been stored."
            return Problem(503, detail, kept, what, headers=dict(_RETRY_AFTER))
        case CallReset():
            what = "Check its state before you repeat the request: the work may have been done."
            return Problem(502, detail, kept, what)
        case CallFailed():
            what = f"Try again when {error.service} is reachable."
            return Problem(502, detail, kept, what)
        case _:
            return Problem(400, detail, kept)


def broker_is_unavailable(kept: str = NOTHING_CHANGED) -> Problem:
    return Problem(
        503,
        "The message broker is not available.",
        kept,
        f"Try again in {RETRY_AFTER_S} seconds.",
        headers=dict(_RETRY_AFTER),
    )


def store_is_unavailable(why: str, kept: str = NOTHING_CHANGED) -> Problem:
    """`why` is a StoreUnavailable's text."""
    return Problem(
        503,
        f"The flow log is not available, so the company accepts no new work: {why}.",
        kept,
        f"Try again in {RETRY_AFTER_S} seconds.",
        headers=dict(_RETRY_AFTER),
    )


def database_is_unavailable(kept: str = PROBABLY_NOTHING) -> Problem:
    return Problem(
        503,
        "The database is not available, or too slow.",
        kept,
        f"Try again in {RETRY_AFTER_S} seconds.",
        headers=dict(_RETRY_AFTER),
    )


def install(api: NinjaAPI) -> None:
    """Make the API answer every error with a problem."""

    def on(error_class: type[Exception], problem: Any) -> None:
        def handler(request: HttpRequest, error: Any) -> HttpResponse:
            return problem(error).response()

        api.add_exception_handler(error_class, handler)

    on(Problem, lambda problem: problem)
    on(CompanyError, of_company_error)
    on(BrokerUnavailable, lambda _: broker_is_unavailable())
    on(StoreUnavailable, lambda e: store_is_unavailable(str(e)))
    for error_class in DATABASE_UNAVAILABLE:
        on(error_class, lambda _: database_is_unavailable())
    on(ValidationError, lambda e: _invalid([_ninja_error(error) for error in e.errors]))
    on(InvalidDesign, lambda e: _invalid(_fields(e.errors)))
    on(InvalidFault, lambda e: _invalid(_fields(e.errors)))
    on(TooManyWords, lambda _: _too_many_words())
    on(AlreadyRushing, lambda _: Problem(409, "A rush is under way.", next="Stop it, or wait."))
    on(AlreadyTwinned, lambda _: Problem(409, "A twin run is under way.", next="Stop it, or wait."))
    on(NoWorkerTold, lambda e: _no_worker_told(str(e)))
    on(ServerIsFull, lambda _: _server_is_full())
    on(AuthenticationError, lambda _: _unknown_caller())
    on(Throttled, throttled)
    on(
        RequestDataTooBig,
        lambda _: Problem(413, "The request body is too large.", next="Send a smaller one."),
    )
    on(Http404, lambda e: Problem(404, str(e) or "There is nothing at this address."))
    on(HttpError, _of_http_error)


def _of_http_error(error: HttpError) -> Problem:
    if isinstance(error.__cause__, Unacceptable):  # the parser's; Ninja makes a 400 of everything
        return Problem(422, str(error.__cause__), next="Then send the request again.")
    return Problem(error.status_code, str(error))


def _unknown_caller() -> Problem:
    return Problem(
        401,
        "No playground belongs to this request: no valid token and no browser session.",
        next="POST /api/playgrounds creates a playground and returns its token.",
    )


def _no_worker_told(why: str) -> Problem:
    detail = f"It was not begun: {why}."
    what = f"Try again in {RETRY_AFTER_S} seconds."
    return Problem(503, detail, next=what, headers=dict(_RETRY_AFTER))


def _server_is_full() -> Problem:
    detail = f"All rushes and twin runs on this server share {MAX_RATE_OF_ALL} actions per second."
    return Problem(
        429, detail, next="Ask for a lower rate, or wait.", headers={"Retry-After": "10"}
    )


def _too_many_words() -> Problem:
    detail = f"The search has more than {MAX_WORDS} words and filters."
    fewer = "Use fewer. The values of one filter, separated by commas, count as one."
    return Problem(422, detail, next=fewer, errors=_at("q", detail))


def throttled(error: Throttled) -> Problem:
    wait_s = str(error.wait or RETRY_AFTER_S)
    return Problem(
        429, "Too many requests.", next=f"Try again in {wait_s} seconds.",
        headers={"Retry-After": wait_s},
    )  # fmt: skip


def _invalid(errors: list[dict[str, str]]) -> Problem:
    detail = "; ".join(f"{e['field']}: {e['message']}" for e in errors)
    return Problem(
        422, detail, next="Correct the fields and send the request again.", errors=errors
    )


def _ninja_error(error: dict[str, Any]) -> dict[str, str]:
    # loc is ("body", <name of the argument>, field, ...)
    parts = [str(part) for part in error["loc"][2:] if part != "[key]"]
    message = error["msg"].removeprefix("Value error, ")
    return {"field": ".".join(parts) or str(error["loc"][-1]), "message": message}


def _fields(errors: dict[str, str]) -> list[dict[str, str]]:
    return [{"field": field, "message": message} for field, message in errors.items()]


def _at(field_name: str, message: str) -> list[dict[str, str]]:
    return [{"field": field_name, "message": message}] if field_name else []
