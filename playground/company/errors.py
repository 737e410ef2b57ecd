"""What can go wrong in the company, in its own words. The API turns each into a problem."""


class CompanyError(Exception):
    """Base of all refusals and failures that a customer may be told of."""


class UnknownEntity(CompanyError):
    """There is no such user, order or restaurant in this playground."""

    def __init__(self, what: str, which: object) -> None:
        super().__init__(f"There is no {what} {which}.")
        self.what, self.which = what, which


class Refused(CompanyError):
    """The request was understood and turned down, for a reason the customer can mend."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class EmailTaken(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is already registered.", field="email")


class WrongPassword(CompanyError):
    def __init__(self) -> None:
        super().__init__("E-mail address and password do not match.")


class CallFailed(CompanyError):
    """A call to another service brought no answer."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service} {reason}.")
        self.service = service


class CallRefused(CallFailed):
    """Nobody picked up: the connection was refused, so the work was not begun."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "refused the connection")


class CallBroke(CallFailed):
    """The callee answered with an error of its own. `status` is as in HTTP."""

    def __init__(self, service: str, status: int) -> None:
        super().__init__(service, f"answered {status}")
        self.status = status


class CallThrottled(CallBroke):
    """The callee asks for fewer calls. The work was not begun."""


class CallReset(CallFailed):
    """The line broke before the answer came. The work may have been done."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "broke the connection before it answered")


class CircuitOpen(CallFailed):
    """It has failed so often of late that it is not even called."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "is not being called, because it kept failing")


class PublishFailed(CompanyError):
    """The broker did not take a message whose work is committed, and no outbox keeps it."""

    def __init__(self) -> None:
        super().__init__("The message broker is down, so the event could not be published.")


class CallTimedOut(CallFailed):
    """No answer in time. The work may have been done all the same: nobody knows."""

    def __init__(self, service: str, timeout_s: float) -> None:
        super().__init__(service, f"did not answer within {timeout_s:g} s")
        self.timeout_s = timeout_s
