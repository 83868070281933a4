from __future__ import annotations

from django.urls import path

from goodword.web.palette import views

app_name = "palette"

urlpatterns = [path("palette/", views.found, name="found")]
