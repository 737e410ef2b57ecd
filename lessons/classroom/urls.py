from django.urls import path

from . import views

app_name = "classroom"
urlpatterns = [
    path("", views.console, name="console"),
    path("how-to-enter/", views.how_to_enter, name="how-to-enter"),
    path("enter/<str:secret>/", views.enter, name="enter"),
    path("leave/", views.leave, name="leave"),
    path("room/", views.status, name="status"),
    path("faults/", views.inject, name="inject"),
    path("repair/", views.repair, name="repair"),
]
