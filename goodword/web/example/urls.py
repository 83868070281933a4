from __future__ import annotations

from django.urls import path

from goodword.web.example import views

app_name = "example"
urlpatterns = [
    path("example/", views.begin, name="begin"),
    path("example/leave/", views.leave, name="leave"),
    path("example/left/", views.left, name="left"),
    path("example/<slug:key>/", views.enter, name="enter"),  # last: a key is any word
]
