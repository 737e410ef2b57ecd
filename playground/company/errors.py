"""What can go wrong in the company. The API turns each error into a problem document."""


class CompanyError(Exception):
    """Base of all refusals and failures whose text a customer may read."""


class UnknownEntity(CompanyError):
    """This playground has no such user, order or restaurant."""

    def __init__(self, what: str, which: object) -> None:
        super().__init__(f"There is no {what} {which}.")
        self.what, self.which = what, which


class Refused(CompanyError):
    """The service understood the request and rejects it; the customer can correct it."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class EmailTaken(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is already registered.", field="email")


class WrongPassword(CompanyError):
    def __init__(self) -> None:
        super().__init__("E-mail address and password do not match.")


class StartedOver(CompanyError):
    """The playground was reset or deleted while this was under way."""

    def __init__(self) -> None:
        super().__init__("The playground was reset while this request was under way.")


class CallFailed(CompanyError):
    """A call to another service failed. `service` is the one that failed."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service} {reason}.")
        self.service = service


class CallRefused(CallFailed):
    """The callee refused the connection, so it has not begun the work."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "refused the connection")


class CallBroke(CallFailed):
    """The callee answered with an error. `status` is an HTTP status."""

    def __init__(self, service: str, status: int) -> None:
        super().__init__(service, f"answered {status}")
        self.status = status


class CallThrottled(CallBroke):
    """The callee asks for fewer calls (429). It has not begun the work."""


class CallReset(CallFailed):
    """The connection broke before the answer came. The callee may have done the work."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "broke the connection before it answered")


class CircuitOpen(CallFailed):
    """The circuit breaker is open: the call was not made, because earlier ones kept failing."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "is not being called, because it kept failing")


class PublishFailed(CompanyError):
    """The work is committed, but the broker did not take its event and there is no outbox."""

    def __init__(self) -> None:
        super().__init__("The message broker is down, so the event could not be published.")


class CallTimedOut(CallFailed):
    """No answer came in time. The caller cannot know whether the callee did the work."""

    def __init__(self, service: str, timeout_s: float) -> None:
        super().__init__(service, f"did not answer within {timeout_s:g} s")
        self.timeout_s = timeout_s
