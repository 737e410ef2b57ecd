from django.urls import include, path

from . import experiment, views

urlpatterns = [
    path("", views.start, name="start"),
    path("lessons/<slug:slug>/", views.lesson, name="lesson"),
    path("lessons/<slug:slug>/tasks/", experiment.tasks, name="tasks"),
    path("lessons/<slug:slug>/steps/<slug:step>/", experiment.step, name="step"),
    path("lessons/<slug:slug>/steps/<slug:step>/say/", experiment.say, name="say"),
    path("lessons/<slug:slug>/runs/<slug:run>/start/", experiment.start, name="start-run"),
    path("lessons/<slug:slug>/runs/<slug:run>/finish/", experiment.finish, name="finish-run"),
    path("instructor/", include("lessons.classroom.urls")),
]
