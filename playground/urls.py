"""The URLs of the playground: the API, and what pages ask for beside it."""

from django.urls import path

from . import views
from .api.api import api

urlpatterns = [
    path("api/", api.urls),
    path("playground/", views.begin, name="playground"),
    path("playground/token/", views.token, name="playground-token"),
    path("mermaid-frame/", views.mermaid_frame, name="mermaid-frame"),
]
