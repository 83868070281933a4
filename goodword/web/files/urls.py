"""Addresses of files, and of a conversation on paper."""

from __future__ import annotations

from django.urls import path

from goodword.web.files import printing, transcripts, views

app_name = "files"
_ONE = "conversations/<slug:public_id>"

urlpatterns = [
    path(f"{_ONE}/files/", views.gallery, name="gallery"),
    path(f"{_ONE}/files.zip", views.bundle, name="bundle"),
    path(f"{_ONE}/print/", printing.paper, name="print"),
    path(f"{_ONE}/print.pdf", printing.as_pdf, name="pdf"),
    path(f"{_ONE}/transcript/", transcripts.transcript, name="transcript"),
    path(f"{_ONE}/transcript/attach/", transcripts.attach, name="attach_transcript"),
    path("files/<slug:public_id>/", views.look, name="look"),
    path("files/<slug:public_id>/content/<str:name>", views.content, name="content"),
]
