from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.start, name="start"),
    path("lessons/<slug:slug>/", views.lesson, name="lesson"),
    path("instructor/", include("lessons.classroom.urls")),
]
