from django.urls import include, path

from . import views
from .experiment import run_views
from .experiment import views as experiment

urlpatterns = [
    path("", views.front, name="front"),
    path("course/", views.course, name="course"),
    path("glossary/", views.glossary, name="glossary"),
    path("search/", views.search, name="search"),
    path("sandbox/", views.sandbox, name="sandbox"),
    path("review/", include("lessons.retrieval.urls")),
    path("progress/", include("lessons.progress.urls")),
    path("lessons/<slug:slug>/", views.lesson, name="lesson"),
    path("lessons/<slug:slug>/tasks/", experiment.tasks, name="tasks"),
    path("lessons/<slug:slug>/steps/<slug:step>/", experiment.step, name="step"),
    path("lessons/<slug:slug>/steps/<slug:step>/say/", experiment.say, name="say"),
    path("lessons/<slug:slug>/runs/<slug:run>/start/", run_views.start, name="start-run"),
    path("lessons/<slug:slug>/runs/<slug:run>/alive/", run_views.keep_alive, name="keep-run-alive"),
    path("lessons/<slug:slug>/runs/<slug:run>/stop/", run_views.stop, name="stop-run"),
    path("lessons/<slug:slug>/runs/<slug:run>/finish/", run_views.finish, name="finish-run"),
    path("instructor/", include("lessons.classroom.urls")),
]
