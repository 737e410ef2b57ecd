"""OpenAPI links: what an answer gives for the next request.

Readers of the document see where an id comes from, and programs that test the API follow them.
"""

from typing import Any

Link = dict[str, Any]


def _to(operation: str, body: Any = None, **parameters: str) -> dict[str, Link]:
    link: Link = {"operationId": operation}
    if parameters:
        link["parameters"] = parameters
    if body is not None:
        link["requestBody"] = body
    return {operation: link}


_ORDER = _to("show_order", id="$response.body#/id")
_USER = (
    _to("show_user", id="$response.body#/id")
    | _to("save_profile", id="$response.body#/id")
)  # fmt: skip
_MEAL = {
    "user": 1,
    "restaurant": "$response.body#/restaurant/id",
    "items": [{"dish": "$response.body#/dishes/0/id", "quantity": 1}],
    "card": "4242 4242 4242 4242",
}
_DEAD = "$response.body#/dead_letters/0/id"
_TRACE = "$response.body#/records/0/trace"

# (operation, status of the answer) -> its links, by the name of the operation they lead to
LINKS: dict[tuple[str, str], dict[str, Link]] = {
    ("register", "201"): _USER,
    ("save_profile", "200"): _USER,
    ("list_restaurants", "200"): _to("show_menu", id="$response.body#/restaurants/0/id"),
    ("show_menu", "200"): _to("place_order", _MEAL),
    ("place_order", "202"): _ORDER,
    ("show_order", "200"): _ORDER,
    ("show_playground", "200"): _to("list_records", after="$response.body#/cursor"),
    ("list_records", "200"): (
        _to("list_records", after="$response.body#/cursor")
        | _to("trace_records", trace=_TRACE)
        | _to("trace_sequence", trace=_TRACE)
    ),
    ("inject_fault", "201"): _to("clear_fault", id="$response.body#/id"),
    ("schedule_storm", "202"): _to("clear_all_faults"),
    ("list_dead_letters", "200"): (
        _to("replay_dead_letters", {"id": _DEAD}) | _to("discard_dead_letter", id=_DEAD)
    ),
    ("start_rush", "202"): (
        _to("show_rush") | _to("stop_rush") | _to("show_ledger", run="$response.body#/run")
    ),
    ("start_twin", "202"): _to("show_twin") | _to("stop_twin"),
}
