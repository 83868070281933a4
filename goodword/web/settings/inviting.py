"""Links that let someone in, and the mails that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts import signing_in
from goodword.accounts.models import Invitation, Teammate
from goodword.channels.email import notices
from goodword.ui import times


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation as it left: by mail when any inbox can send, and as a link to hand over."""

    invitation: Invitation
    link: str
    by_mail: bool


def can_send() -> bool:
    return notices.can_send()


def send(invitation: Invitation, token: str, *, by: Teammate) -> Sent:
    link = settings.URL + reverse("settings:join", args=[token])
    by_mail = can_send()
    if by_mail:
        business = accounts.business()
        name = business.name if business else "Goodword"
        with translation.override(business.language if business else "en"):
            subject = _("%(who)s invites you to the desk of %(business)s") % {
                "who": by.name,
                "business": name,
            }
            text = _(
                "%(who)s invites you to answer the customers of %(business)s with Goodword.\n\n"
                "This link is for you alone. It works once, within seven days:\n%(link)s\n\n"
                "If you don't know what this is about, leave it be: nothing happens."
            ) % {"who": by.name, "business": name, "link": link}
        mail.send_mail(subject, text, None, [invitation.email])
    return Sent(invitation, link, by_mail)


def password_link(teammate: Teammate, *, by: Teammate | None, at: datetime) -> str:
    """Works once, and only until the password changes or three days have passed.

    `by` is None where it was made on the machine itself.
    """
    signing_in.note_password_link(teammate, by=by, at=at)
    key = default_token_generator.make_token(teammate)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(teammate), "key": key},
    )
    return f"{settings.URL}{path}"


def tell_of_taken_factor(teammate: Teammate, *, by_owner: bool, at: datetime) -> bool:
    """Nobody's second factor goes without a word to them; returns whether any inbox can send it.

    In their language and the zone of the house, whoever did it, and wherever.
    """
    if not can_send():
        return False
    business = accounts.business()
    language = accounts.language_of(teammate, house=business)
    zone = ZoneInfo(business.zone) if business else timezone.get_default_timezone()
    with translation.override(language), timezone.override(zone):
        context = {"business": business, "by_owner": by_owner, "moment": times.full(at)}
        subject = render_to_string("mfa/email/factor_taken_subject.txt").strip()
        text = render_to_string("mfa/email/factor_taken_message.txt", context).strip()
    mail.send_mail(subject, text, None, [teammate.email])
    return True
