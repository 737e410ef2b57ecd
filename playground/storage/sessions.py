"""What a browser session has one of, such as a playground. It is created at the first need."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model

from .write_lock import write_transaction

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

Owned = TypeVar("Owned", bound=Model)


def one_of(
    session: "SessionBase",
    name: str,
    find: Callable[[Any], Owned | None],
    create: Callable[[], Owned],
) -> Owned:
    """The object whose id the session has under this name.

    `find` returns the object with an id, or None; then `create` is called, once even if several
    requests of the session come at the same moment.
    """
    if session.session_key is None:  # the visitor's first request: there is no other
        created = create()
        session[name] = created.pk
        return created
    with write_transaction():
        rows = session.model.objects.select_for_update()  # type: ignore[attr-defined]
        row = rows.filter(session_key=session.session_key).first()
        stored = row.get_decoded() if row else {}
        found = find(stored[name]) if name in stored else None
        if found is None:
            found = create()
            if row:
                row.session_data = session.encode(stored | {name: found.pk})
                row.save(update_fields=["session_data"])
    # It is stored. If the whole session were stored again at the end of this request, what
    # another request has added meanwhile would be lost.
    was_modified = session.modified
    session[name] = found.pk
    session.modified = was_modified or row is None
    return found
