"""Every page for teammates. What belongs to a part stands in its own urls.py."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("goodword.web.inbox.urls")),
    path("", include("goodword.web.notices.urls")),
]
