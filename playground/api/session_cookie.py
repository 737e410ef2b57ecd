"""The session's cookie among all that a browser sends, found on the event loop."""

from django.conf import settings
from django.http.cookie import parse_cookie


def session_key(cookies: str) -> str:
    """What the cookie says, whether or not there is such a session; "" without one.

    `cookies` is the header's value. Django's parser gets only the cookies that may be this one:
    for as many as a head has room for it takes a millisecond.
    """
    name = settings.SESSION_COOKIE_NAME
    candidates = [cookie for cookie in cookies.split(";") if name in cookie]
    return parse_cookie(";".join(candidates)).get(name, "")
