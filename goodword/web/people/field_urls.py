from __future__ import annotations

from django.urls import path

from goodword.web.people import defining

app_name = "fields"
_ONE = "settings/fields/<slug:public_id>"

urlpatterns = [
    path("settings/fields/new/", defining.new, name="new"),
    path(f"{_ONE}/", defining.one, name="one"),
    path(f"{_ONE}/up/", defining.up, name="up"),
    path(f"{_ONE}/forget/", defining.forget, name="forget"),
]
