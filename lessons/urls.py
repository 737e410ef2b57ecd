from django.urls import include, path

from . import pages, views

urlpatterns = [
    path("", pages.front, name="front"),
    path("course/", pages.course, name="course"),
    path("glossary/", pages.glossary, name="glossary"),
    path("search/", pages.search, name="search"),
    path("sandbox/", pages.sandbox, name="sandbox"),
    path("review/", include("lessons.retrieval.urls")),
    path("progress/", include("lessons.progress.urls")),
    path("lessons/<slug:slug>/", views.lesson, name="lesson"),
    path("instructor/", include("lessons.classroom.urls")),
]
