"""The pages of what is refused and of what breaks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize("name", ["403", "403_csrf", "404", "413", "429", "500"])
def test_every_refusal_has_a_way_on(name: str) -> None:
    page = render_to_string(f"{name}.html", {"most_mb": 30})

    assert page.count("<h1") == 1
    assert 'href="/inbox/">Go to the inbox</a>' in page


@pytest.mark.django_db
def test_an_address_that_only_takes_what_is_sent_is_no_empty_page(house: SimpleNamespace) -> None:
    client = Client()
    client.force_login(house.ana)
    only_taken = reverse("settings:end_others")

    page = client.get(only_taken)
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert 'href="/inbox/">Go to the inbox</a>' in page.content.decode()

    piece = client.get(only_taken, headers={"HX-Request": "true"})
    assert (piece.status_code, piece.content) == (405, b"")
    assert client.delete(only_taken).status_code == 405
