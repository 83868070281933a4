from __future__ import annotations

from django.urls import path

from goodword.web.yours import acts, house, preview, views

app_name = "yours"
_PROMISE = "yours/<str:key>/<slug:public_id>/"
_PREVIEW = "conversations/<slug:public_id>/their-page/"

urlpatterns = [
    path("yours/", views.without_key, name="without_key"),
    path("yours/about/<str:key>/", views.about, name="about"),
    path("yours/<str:key>/", views.promises, name="promises"),
    path("yours/<str:key>/new-link/", acts.new_link, name="new_link"),
    path(f"{_PROMISE}another-time/", acts.another_time, name="another_time"),
    path(_PROMISE, acts.no_longer_needed, name="no_longer_needed"),
    path(f"{_PROMISE}needed/", acts.still_needed, name="still_needed"),
    path("house/accent-<slug:digits>.css", house.stylesheet, name="stylesheet"),
    path("house/logo-<slug:name>", house.logo, name="logo"),
    path(_PREVIEW, preview.preview, name="preview"),
    path(f"{_PREVIEW}withdraw/", preview.withdraw, name="withdraw"),
]
