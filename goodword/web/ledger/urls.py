"""Addresses of promises."""

from __future__ import annotations

from django.urls import path

from goodword.web.ledger import acts, giving, views

app_name = "promises"
_ONE = "promises/<slug:public_id>/"

urlpatterns = [
    path("promises/", views.ledger, name="ledger"),
    path("promises/new/", giving.new, name="new"),
    path("promises/promises.csv", views.csv, name="csv"),
    path(_ONE, views.promise, name="promise"),
    path(f"{_ONE}keep/", acts.keep, name="keep"),
    path(f"{_ONE}not-kept/", acts.not_kept, name="not_kept"),
    path(f"{_ONE}move/", acts.move, name="move"),
    path(f"{_ONE}hand-over/", acts.hand_over, name="hand_over"),
    path(f"{_ONE}release/", acts.release, name="release"),
    path(f"{_ONE}break/", acts.break_, name="break"),
    path(f"{_ONE}show/", acts.show, name="show"),
]
