from __future__ import annotations

from django.urls import include, path

from goodword.web.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("account/", include("goodword.web.settings.sign_in")),
    path("", include("goodword.web.setup.urls")),
    path("", include("goodword.web.example.urls")),
    path("", include("goodword.web.settings.urls")),
    path("", include("goodword.web.urls")),
]
