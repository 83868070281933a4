"""Canned replies that stand ready in the example, some of them used often."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib.resources import files
from typing import Any

from goodword.canned import actions as canned
from goodword.canned.actions import Written
from goodword.canned.models import CannedReply
from goodword.canned.steps import parse
from goodword.example.shop import Shop

For = CannedReply.For


def stand_ready(shop: Shop, *, at: datetime) -> None:
    read = tomllib.loads(files("goodword.example").joinpath("canned.toml").read_text("utf-8"))
    for each in read["reply"]:
        by = getattr(shop, each["by"])
        reply = canned.make(_written(each, shop), by=by, at=at)
        for _use in range(each["used"]):
            canned.count_use([reply.public_id], by=by, at=at)


def _written(read: dict[str, Any], shop: Shop) -> Written:
    team = getattr(shop, read["team"]) if "team" in read else None
    return Written(
        name=read["name"],
        shortcut=read.get("shortcut", ""),
        folder=read["folder"],
        shared_with=For.TEAM if team else read.get("shared", For.ME),
        team=team,
        inboxes=(shop.inbox(read["inbox"]),) if "inbox" in read else (),
        texts=read.get("text", {}),
        steps=tuple(parse(read.get("does", []))),
    )
