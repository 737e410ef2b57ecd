from django.urls import path

from . import views

urlpatterns = [
    path("playground/token/", views.token, name="playground-token"),
    path("mermaid-frame/", views.mermaid_frame, name="mermaid-frame"),
]
