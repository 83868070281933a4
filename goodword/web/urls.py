"""Every page for teammates. What belongs to a part stands in its own urls.py."""

from __future__ import annotations

from django.urls import include, path

from goodword.web.plan.public import hours as public_hours

urlpatterns = [
    path("", include("goodword.web.today.urls")),
    path("", include("goodword.web.inbox.urls")),
    path("", include("goodword.web.canned.urls")),
    path("", include("goodword.web.bulk.urls")),
    path("", include("goodword.web.files.urls")),
    path("", include("goodword.web.ledger.urls")),
    path("", include("goodword.web.plan.urls")),
    path("hours/", public_hours, name="public_hours"),
    path("", include("goodword.web.notices.urls")),
    path("", include("goodword.web.palette.urls")),
    path("", include("goodword.web.people.urls")),
    path("", include("goodword.web.people.field_urls")),
    path("", include("goodword.web.yours.urls")),
]
