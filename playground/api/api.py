"""The API object: its routers, its authentication, and its handling of errors."""

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from .. import __version__
from ..parsing import parse_json
from .auth import BearerPlayground, SessionPlayground
from .company import router as company
from .control import router as control
from .document import EXTRA, SERVERS, DocumentedAPI
from .problems import install
from .twin import router as twin


class CarefulParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return parse_json(request.body)


api = DocumentedAPI(
    parser=CarefulParser(),
    title="Inflight",
    version=__version__,
    description=(
        "A small food-delivery company that really runs, and the playground around it. "
        "`POST /api/playgrounds` gives you a token; send it as `Authorization: Bearer …`."
    ),
    auth=[BearerPlayground(), SessionPlayground()],
    urls_namespace="api",
    servers=SERVERS,
    openapi_extra=EXTRA,
)
api.add_router("", company)
api.add_router("", control)
api.add_router("", twin)
install(api)
