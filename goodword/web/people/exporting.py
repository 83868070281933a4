"""The directory as CSV: who is shown with what is known of them, whole."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from goodword.accounts.models import Teammate
from goodword.desk.persons import seeing
from goodword.fields import queries as fields
from goodword.fields import values
from goodword.fields.models import Field
from goodword.people import filling
from goodword.people import queries as people
from goodword.web import spreadsheets
from goodword.web.inside import inside, teammate_of, typed
from goodword.web.setup import places

_AT_ONCE = 500


@inside
@require_GET
def csv(request: HttpRequest) -> HttpResponseBase:
    """As the directory, by the same names in the address."""
    order: seeing.Order = "newest" if request.GET.get("order") == "newest" else "name"
    rows = _rows(teammate_of(request), order, typed(request.GET, "q"))
    return spreadsheets.streamed(rows, name=_("people"))


def _rows(by: Teammate, order: seeing.Order, words: str) -> Iterator[list[str]]:
    own = list(fields.of(Field.About.PERSON))
    yield _heads(own)
    after = ""
    while True:
        page = seeing.directory(by, order=order, words=words, after=after, most=_AT_ONCE)
        filled = filling.values_of_persons([each.person.pk for each in page.entries])
        for entry in page.entries:
            known = filled.get(entry.person.pk, {})
            yield _known(entry) + [values.shown(each, known.get(each.pk, "")) for each in own]
        if not (after := _going_on_after(page)):
            return


def _going_on_after(page: seeing.Page) -> str:
    """The last of this page who still stands there. Who got another name while this is on its way
    would lead to where they stand now, and who is gone to the beginning.
    """
    shown = [each.person for each in page.entries]
    if not page.after or page.after != shown[-1].public_id:
        return page.after  # none, or in the order of time, which they don't change
    for person in reversed(shown):
        now = people.known_as(person.public_id)
        if now is not None and now.sorts_as == person.sorts_as:
            return now.public_id
    return ""


def _heads(own: list[Field]) -> list[str]:
    return [
        pgettext("column", "Name"), pgettext("column", "Address"),
        pgettext("column", "Organisation"), pgettext("column", "Role"),
        pgettext("column", "Kind of customer"), pgettext("column", "Language"),
        pgettext("column", "Time zone"), pgettext("column", "Last contact"),
        *(each.name for each in own),
    ]  # fmt: skip


def _known(entry: seeing.Entry) -> list[str]:
    person = entry.person
    languages = dict(places.customer_languages())
    last = timezone.localtime(entry.newest) if entry.newest else None
    return [
        person.name, entry.address,
        person.organisation.name if person.organisation else "", person.role,
        person.kind.name if person.kind else "",
        str(languages.get(person.language, person.language)), person.zone,
        last.isoformat(timespec="seconds", sep=" ") if last else "",
    ]  # fmt: skip
