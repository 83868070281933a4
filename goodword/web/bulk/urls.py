from __future__ import annotations

from django.urls import path

from goodword.web.bulk import views

app_name = "bulk"

urlpatterns = [
    path("bulk/", views.ask, name="ask"),
    path("bulk/matching/", views.matching, name="matching"),
    path("bulk/<slug:public_id>/", views.progress, name="progress"),
    path("bulk/<slug:public_id>/go/", views.go, name="go"),
    path("bulk/<slug:public_id>/undo/", views.undo, name="undo"),
]
