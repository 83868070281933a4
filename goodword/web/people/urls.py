from __future__ import annotations

from django.urls import path

from goodword.web.people import addresses, directory, exporting, notes, organisations, person, same

app_name = "people"
_PERSON = "people/<slug:public_id>"
_ADDRESS = f"{_PERSON}/addresses/<int:pk>"
_ORGANISATION = "organisations/<slug:public_id>"

urlpatterns = [
    path("people/", directory.directory, name="directory"),
    path("people/people.csv", exporting.csv, name="csv"),
    path(f"{_PERSON}/", person.page, name="person"),
    path(f"{_PERSON}/describe/", person.describe, name="describe"),
    path(f"{_PERSON}/addresses/new/", addresses.new, name="new_address"),
    path(f"{_ADDRESS}/label/", addresses.label, name="label_address"),
    path(f"{_ADDRESS}/prefer/", addresses.prefer, name="prefer_address"),
    path(f"{_ADDRESS}/primary/", addresses.become_primary, name="primary_address"),
    path(f"{_ADDRESS}/take-away/", addresses.take_away, name="take_away_address"),
    path(f"{_ADDRESS}/works-again/", addresses.works_again, name="works_again"),
    path(f"{_ADDRESS}/complaint/", addresses.take_complaint_back, name="complaint"),
    path(f"{_PERSON}/notes/", person.write_note, name="note_new"),
    path(f"{_PERSON}/notes/<slug:note>/", notes.change, name="note"),
    path(f"{_PERSON}/notes/<slug:note>/remove/", notes.remove, name="note_remove"),
    path(f"{_PERSON}/same/", same.choose, name="same"),
    path(f"{_PERSON}/same/<slug:other>/", same.merge, name="merge"),
    path("people/merged/<slug:public_id>/undo/", same.undo, name="undo_merge"),
    path("organisations/", organisations.listed, name="organisations"),
    path("organisations/new/", organisations.new, name="new_organisation"),
    path(f"{_ORGANISATION}/", organisations.page, name="organisation"),
    path(f"{_ORGANISATION}/change/", organisations.change, name="change_organisation"),
    path(f"{_ORGANISATION}/forget/", organisations.forget, name="forget_organisation"),
]
