"""Everything the playground answers. Pages' partials are in `page_urls.py`."""

from django.urls import include, path

from .api.api import api

urlpatterns = [
    path("api/", api.urls),
    path("", include("playground.page_urls")),
]
