"""The URLs of the playground: the API, and two small pages."""

from django.urls import path

from . import views
from .api.api import api

urlpatterns = [
    path("api/", api.urls),
    path("playground/token/", views.token, name="playground-token"),
    path("mermaid-frame/", views.mermaid_frame, name="mermaid-frame"),
]
