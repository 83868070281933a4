from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from goodword.canned import actions as canned
from goodword.canned.actions import Written
from goodword.canned.models import CannedReply
from goodword.canned.steps import parse
from tests.factories import MONDAY_NOON

Make = Callable[..., CannedReply]


@pytest.fixture
def make(house: SimpleNamespace) -> Make:
    """A canned reply of Ben's; `does`: its steps as they are written."""

    def made(text: str = "It left.", *does: str, by=None, **more: object) -> CannedReply:
        texts = more.pop("texts", {"en": text} if text else {})
        written = Written(
            **{"name": "It left", "texts": texts, "steps": tuple(parse(does)), **more}
        )
        return canned.make(written, by=by or house.ben, at=MONDAY_NOON)

    return made
