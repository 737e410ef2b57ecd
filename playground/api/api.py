"""The API object: its routers, its authentication, and its handling of errors."""

from ninja import NinjaAPI

from .. import __version__
from .auth import BearerPlayground, SessionPlayground
from .company import router as company
from .control import router as control
from .problems import install
from .twin import router as twin

api = NinjaAPI(
    title="Inflight",
    version=__version__,
    description=(
        "A small food-delivery company that really runs, and the playground around it. "
        "`POST /api/playgrounds` gives you a token; send it as `Authorization: Bearer …`."
    ),
    auth=[BearerPlayground(), SessionPlayground()],
    urls_namespace="api",
)
api.add_router("", company)
api.add_router("", control)
api.add_router("", twin)
install(api)
