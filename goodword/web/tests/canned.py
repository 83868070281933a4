"""Canned replies for tests of pages: made, offered, and who looks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from goodword.canned import actions as canned
from goodword.canned.actions import Written
from goodword.canned.models import CannedReply
from goodword.canned.steps import parse

NOW = timezone.now()


def signed_in(teammate: Any) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


def make(house: SimpleNamespace, text: str = "It left.", *does: str, **more: Any) -> CannedReply:
    by = more.pop("by", house.ben)
    texts = {"en": text} if text else {}
    written = Written(**{"name": "It left", "texts": texts, "steps": tuple(parse(does)), **more})
    return canned.make(written, by=by, at=NOW)


def page(client: Client, url: str, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def offered(client: Client, house: SimpleNamespace, words: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{house.url}canned/offered/?q={words}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["replies"]
    return found
