"""Headers of every HTTP answer: of a page, the API, an error, a long poll, a static file.

An answer that does not say how long it may be kept depends on a session or a token, or on the
moment. So it is not kept, neither by a proxy nor by the browser of a computer that several
people use. Static files say how long they may be kept (WhiteNoise).
"""

from collections.abc import Awaitable, Callable
from typing import Any

App = Callable[[Any, Any, Any], Awaitable[None]]

# What no page of ours uses: no script gets it, should one ever come in from elsewhere.
_UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media",
    "fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _UNUSED)
DEFAULTS = {"Permissions-Policy": PERMISSIONS_POLICY, "Cache-Control": "no-store"}


def with_headers(app: App) -> App:
    async def http(scope: Any, receive: Any, send: Any) -> None:
        async def send_completed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message.get("headers", []))}
            await send(message)

        await app(scope, receive, send_completed)

    return http


def _completed(headers: Any) -> list[Any]:
    given = {name.lower() for name, _ in headers}
    defaults = ((name.lower().encode(), value.encode()) for name, value in DEFAULTS.items())
    return [*headers, *(pair for pair in defaults if pair[0] not in given)]
