"""Links that let someone in, and the mails that carry them."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from goodword.accounts import queries as accounts
from goodword.accounts.models import Invitation, Teammate
from goodword.channels.email import notices


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


def password_link(teammate: Teammate) -> str:
    """Works once, and only until the password changes or three days have passed."""
    key = default_token_generator.make_token(teammate)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(teammate), "key": key},
    )
    return f"{settings.URL}{path}"
