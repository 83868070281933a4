"""Words given, for the tests of Today and of the ledger: through the real verbs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from goodword.accounts.models import Teammate
from goodword.desk.keeping import promising
from goodword.people import actions as people
from goodword.plan import queries as plan
from goodword.promises.models import Promise

THURSDAY = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)  # 10:42 in Berlin
ZONE = "Europe/Berlin"


def promise(
    house: SimpleNamespace,
    what: str = "Send the gift-card link",
    *,
    due: datetime,
    by: Teammate | None = None,
    to: str = "Grace Whitlow",
    given: timedelta = timedelta(days=3),
    **more: Any,
) -> Promise:
    """`given`: how long before it is due. In the front team's inbox, unless another is named."""
    at = due - given
    first, last = to.lower().split(" ", 1)
    alone = more.get("direction") == "to_ourselves"
    person = people.meet(f"{first}@{last}.example", name=to, at=at)[0]
    return promising.give(
        what=what,
        due=plan.current().moment_due(due, zone=ZONE),
        person=None if alone else person,
        by=by or house.ana,
        at=at,
        **{"inbox": house.hello, **more},
    )
