"""The pages of what is refused and of what breaks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from goodword.web.middleware import something_to_see


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


@pytest.mark.django_db
def test_such_an_address_of_a_customers_own_page_stays_private() -> None:
    answer = Client().get("/yours/abc/new-link/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Go to the inbox" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_page_keeps_the_headers_of_the_answer_it_stands_for(rf: RequestFactory) -> None:
    def refuse(_: HttpRequest) -> HttpResponse:
        return HttpResponseNotAllowed(
            ["POST"], headers={"Cache-Control": "no-store", "Content-Type": "text/plain"}
        )

    page = something_to_see(refuse)(rf.get("/"))

    assert "Go to the inbox" in page.content.decode()
    assert (page.headers["Allow"], page.headers["Cache-Control"]) == ("POST", "no-store")
    assert page.headers["Content-Type"].startswith("text/html")
