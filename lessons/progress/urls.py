from django.urls import path

from . import views

urlpatterns = [
    path("", views.progress, name="progress"),
    path("code/", views.make_code, name="make-code"),
    path("resume/", views.resume, name="resume"),
    path("summary/", views.summary, name="summary"),
    path("forget/", views.forget, name="forget"),
]
