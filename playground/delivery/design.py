"""The design: what an architect chooses. Kept per playground as the difference from the default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..company.topology import SERVICES, Connection, Party, Style, flippable, style_of

MAX_SERVICE_TIME_MS = 10_000
TIMEOUT_BOUNDS_MS = (50, 30_000)
DEFAULT_TIMEOUT_MS = 3_000


class InvalidDesign(ValueError):
    """A choice that cannot be made. `errors` tells what is wrong, field by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{where}: {why}" for where, why in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class Design:
    styles: Mapping[str, Style] = field(default_factory=dict)  # of flippable connections, by id
    service_times_ms: Mapping[str, int] = field(default_factory=dict)  # by service
    timeout_ms: int = DEFAULT_TIMEOUT_MS  # how long a caller waits for an answer

    @classmethod
    def of(cls, choices: Mapping[str, Any]) -> Self:
        """Parse choices as they are stored and as PATCH brings them. Raises InvalidDesign."""
        errors: dict[str, str] = {}
        known = {"styles", "service_time_ms", "timeout_ms"}
        for name in choices.keys() - known:
            errors[name] = f"there is no such choice; there are {', '.join(sorted(known))}"
        design = cls(
            _styles(choices.get("styles", {}), errors),
            _service_times(choices.get("service_time_ms", {}), errors),
            _timeout(choices.get("timeout_ms", DEFAULT_TIMEOUT_MS), errors),
        )
        if errors:
            raise InvalidDesign(errors)
        return design

    def patched(self, choices: Mapping[str, Any]) -> "Design":
        """This design with some choices made anew. Raises InvalidDesign; then nothing changed."""
        change = Design.of(choices)
        return Design(
            {**self.styles, **change.styles},
            {**self.service_times_ms, **change.service_times_ms},
            change.timeout_ms if "timeout_ms" in choices else self.timeout_ms,
        )

    def style(self, connection: Connection) -> Style:
        return style_of(connection, self.styles)

    def service_time_s(self, service: str) -> float:
        return self.service_time_ms(service) / 1000

    def service_time_ms(self, service: str) -> int:
        return self.service_times_ms.get(service, SERVICES[service].service_time_ms)

    @property
    def timeout_s(self) -> float:
        return self.timeout_ms / 1000

    def choices(self) -> dict[str, Any]:
        """What differs from the default: the form in which a design is stored."""
        return {
            "styles": {name: style.value for name, style in self.styles.items()},
            "service_time_ms": dict(self.service_times_ms),
            "timeout_ms": self.timeout_ms,
        }

    def as_json(self) -> dict[str, Any]:
        """Every choice with its present value."""
        return {
            "styles": {c.id: self.style(c).value for c in flippable()},
            "service_time_ms": {name: self.service_time_ms(name) for name in _working()},
            "timeout_ms": self.timeout_ms,
        }


def _working() -> list[str]:
    return [name for name, service in SERVICES.items() if service.party is not Party.ACTOR]


def _styles(value: Any, errors: dict[str, str]) -> dict[str, Style]:
    ids = [c.id for c in flippable()]
    styles: dict[str, Style] = {}
    for name, style in _items(value, "styles", errors):
        if name not in ids:
            errors[f"styles.{name}"] = f"cannot be flipped; these can: {', '.join(ids)}"
        elif style not in set(Style):
            errors[f"styles.{name}"] = 'must be "call" or "text"'
        else:
            styles[name] = Style(style)
    return styles


def _service_times(value: Any, errors: dict[str, str]) -> dict[str, int]:
    times: dict[str, int] = {}
    for name, ms in _items(value, "service_time_ms", errors):
        if name not in _working():
            errors[f"service_time_ms.{name}"] = f"no such service; there are {_working()}"
        elif not _is_whole(ms) or not 0 <= ms <= MAX_SERVICE_TIME_MS:
            errors[f"service_time_ms.{name}"] = f"must be 0 to {MAX_SERVICE_TIME_MS} ms"
        else:
            times[name] = ms
    return times


def _timeout(value: Any, errors: dict[str, str]) -> int:
    low, high = TIMEOUT_BOUNDS_MS
    if not _is_whole(value) or not low <= value <= high:
        errors["timeout_ms"] = f"must be {low} to {high} ms"
        return DEFAULT_TIMEOUT_MS
    return value


def _items(value: Any, where: str, errors: dict[str, str]) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    errors[where] = "must be an object"
    return []


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
