from __future__ import annotations

from django.urls import include, path

from goodword.web.health import healthz
from goodword.web.settings.signing_in import second_factor

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("account/", include("goodword.web.settings.account_pages")),
    path("account/second-factor/", second_factor, name="second_factor"),
    path("", include("goodword.web.urls")),  # before the others: most of what is asked for
    path("", include("goodword.web.settings.urls")),
    path("", include("goodword.web.setup.urls")),
    path("", include("goodword.web.example.urls")),
]
