from __future__ import annotations

from django.urls import path

from goodword.web.notices import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.listed, name="listed"),
    path("notices/news/", views.news, name="news"),
    path("notices/seen/", views.see_all, name="see_all"),
    path("notices/<int:pk>/", views.open_one, name="open"),
]
