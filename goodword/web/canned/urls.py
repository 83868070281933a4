from __future__ import annotations

from django.urls import path

from goodword.web.canned import choosing, pages

app_name = "canned"
_one = "settings/canned/<slug:public_id>/"
_in = "conversations/<slug:public_id>/canned/"

urlpatterns = [
    path("settings/canned/new/", pages.new, name="new"),
    path(_one, pages.one, name="one"),
    path(f"{_one}copy/", pages.copy, name="copy"),
    path(f"{_one}archive/", pages.archive, name="archive"),
    path(f"{_one}restore/", pages.restore, name="restore"),
    path(f"{_one}up/", pages.up, name="up"),
    path(_in, choosing.choose, name="choose"),
    path(f"{_in}offered/", choosing.offered, name="offered"),
    path(f"{_in}undo/<slug:applied_id>/", choosing.undo, name="undo"),
    path(f"{_in}<slug:reply_id>/", choosing.text, name="text"),
    path(f"{_in}<slug:reply_id>/insert/", choosing.insert, name="insert"),
    path(f"{_in}<slug:reply_id>/apply/", choosing.apply, name="apply"),
]
