"""Mail that goes nowhere: in the example answers are sent, and arrive, without any network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goodword.channels.email.road import EmailRoad
from goodword.desk.roads import Answer, Outbound, Outcome

GONE = "@gone.example"  # whoever is written to there has moved away


class PretendingRoad(EmailRoad):
    """Reads mail as the real one does; what is sent is accepted at once, and reaches nobody."""

    def send(self, outbound: Outbound, *, commit: Callable[[Sequence[str]], None]) -> Outcome:
        there = [each for each in outbound.envelope if not each.lower().endswith(GONE)]
        if there:
            commit(there)
        taken = Answer("accepted", "250 2.0.0 An example: it went no further")
        unknown = Answer("refused", "550 5.1.1 User unknown")
        return Outcome({each: taken if each in there else unknown for each in outbound.envelope})

    def can_send(self, inbox_id: int) -> bool:
        return True
