"""Grace Whitlow as well known as somebody can be, for looking at."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from goodword.conversations import filling as of_conversations
from goodword.conversations import queries as conversations
from goodword.desk.persons import merging
from goodword.fields import actions as fields
from goodword.fields.models import Field
from goodword.people import actions as people
from goodword.people import belonging, filling, holding, noting


def furnish(house: SimpleNamespace, now: datetime) -> dict[str, str]:
    """Returns the addresses of her page and of her organisation's."""
    by = {"by": house.ana, "at": now}
    grace, _address = people.meet("grace@whitlow.example", at=now)
    gracie, _other = people.meet("gracie@home.example", name="Gracie W.", at=now)
    whitlow = belonging.name_organisation("Whitlow & Co", **by)
    belonging.have_domains(whitlow, ["whitlow.example"], **by)
    belonging.belong_to(grace, whitlow, role="Buyer", **by)
    merging.merge(gracie, grace, **by)
    held = holding.add_address(grace, "grace@old.example", label="before she moved", **by)
    people.note_bounce(held.address, hard=True, words="550 5.1.1 no such user", at=now)
    people.note_complaint(held.address, at=now)
    noting.write(grace, "Prefers mail to calls.\nEvenings suit her.", by=house.ben, at=now)
    size = fields.define("Ring size", about=Field.About.PERSON, kind=Field.Kind.NUMBER, **by)
    shop = fields.define("Shop", about=Field.About.PERSON, kind=Field.Kind.LINK, **by)
    number = fields.define("Number", about=Field.About.ORGANISATION, kind=Field.Kind.TEXT, **by)
    order = fields.define("Order", about=Field.About.CONVERSATION, kind=Field.Kind.TEXT, **by)
    filling.set_value(grace, size, "54.5", **by)
    filling.set_value(grace, shop, "whitlow.example/rings", **by)
    filling.set_value(whitlow, number, "K-1182", **by)
    said = conversations.newest_with(grace)
    assert said is not None
    of_conversations.set_value(said, order, "R-1182", **by)
    return {
        "person": f"/people/{grace.public_id}/",
        "who": grace.public_id,
        "organisation": f"/organisations/{whitlow.public_id}/",
        "field": size.public_id,
    }
