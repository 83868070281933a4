"""How everybody signs in: a second factor for all, identity providers, one's own sessions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import queries, signing_in
from goodword.accounts.models import IdentityProvider
from goodword.channels.email.smtp_out import is_loopback
from goodword.web.inside import inside, moment_of, teammate_of
from goodword.web.settings import inviting, pages
from goodword.web.settings.browsers import browser_of


class ProviderForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("The button says: Sign in with …")
    )
    server_url = forms.URLField(
        label=_("Address of the server"),
        max_length=300,
        assume_scheme="https",
        help_text=_(
            "The address in front of /.well-known/openid-configuration. After a change of server"
            " people are recognised by their e-mail address again."
        ),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=200)
    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    vouches_for_addresses = forms.BooleanField(
        label=_("Trust its addresses, also where it does not call them verified"),
        required=False,
        help_text=_(
            "Only for a directory of your own, in which nobody can choose an address. Others must "
            "say of each address that it was verified."
        ),
    )
    is_second_factor = forms.BooleanField(
        label=_("Whoever signs in there needs no second factor here"),
        required=False,
        help_text=_("If the server asks for one itself."),
    )

    def __init__(self, *args: Any, provider: IdentityProvider | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._provider = provider
        if provider and provider.secret:
            self.fields["secret"].help_text = _("Leave it empty to keep the one that is stored.")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = IdentityProvider.objects.filter(name__iexact=name)
        if self._provider is not None:
            same = same.exclude(pk=self._provider.pk)
        if same.exists():
            raise forms.ValidationError(gettext("There is one of this name already."))
        return name

    def clean_server_url(self) -> str:
        url: str = self.cleaned_data["server_url"]
        parts = urlsplit(url)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            words = gettext("It must begin with https, or anybody on the way could sign in.")
            raise forms.ValidationError(words)
        return url


@pages.owners_only
@require_GET
def ways(request: HttpRequest) -> HttpResponse:
    context = {
        "requires": getattr(queries.business(), "requires_second_factor", False),
        "have_one": signing_in.has_second_factor(teammate_of(request)),
        "without": list(signing_in.without_second_factor()),
        "providers": IdentityProvider.objects.order_by("name"),
    }
    return pages.show(request, "web/settings/signing_in.html", context, here="signing_in")


@pages.owners_only
@require_POST
def require(request: HttpRequest) -> HttpResponse:
    """Ask everybody for a second factor, or nobody any more."""
    required = request.POST.get("required") == "yes"
    by, at = teammate_of(request), moment_of(request)
    try:
        signing_in.require_second_factor(required, by=by, at=at)
    except signing_in.NoFactorOfOnesOwn:
        messages.error(request, gettext("Set up a second factor for yourself first."))
    else:
        messages.success(
            request,
            gettext("From now on everybody needs a second factor.")
            if required
            else gettext("Each teammate decides about a second factor now."),
        )
    return redirect("settings:signing_in")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def new_provider(request: HttpRequest) -> HttpResponse:
    return _provider(request, None)


@pages.owners_only
@require_http_methods(["GET", "POST"])
def provider(request: HttpRequest, public_id: str) -> HttpResponse:
    return _provider(request, get_object_or_404(IdentityProvider, public_id=public_id))


def _provider(request: HttpRequest, found: IdentityProvider | None) -> HttpResponse:
    initial = {}
    if found:
        shown = ("name", "server_url", "client_id", "vouches_for_addresses", "is_second_factor")
        initial = {name: getattr(found, name) for name in shown}
    form = ProviderForm(request.POST or None, provider=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        kept = signing_in.keep_provider(
            found, **form.cleaned_data, by=teammate_of(request), at=moment_of(request)
        )
        messages.success(request, gettext("Saved. Try it in another browser before you need it."))
        return redirect("settings:provider", kept.public_id)
    back = reverse("openid_connect_callback", args=[found.public_id]) if found else ""
    context = {"form": form, "provider": found, "back_url": f"{settings.URL}{back}" if back else ""}
    status = pages.status_of(form)
    return pages.show(
        request, "web/settings/provider.html", context, here="signing_in", status=status
    )


@pages.owners_only
@require_POST
def remove_provider(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(IdentityProvider, public_id=public_id)
    signing_in.remove_provider(found, by=teammate_of(request), at=moment_of(request))
    messages.success(request, gettext("Removed. Nobody signs in by it any more."))
    return redirect("settings:signing_in")


# One's own sessions


@inside
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    key = request.session.session_key
    listed = [
        {
            "session": each,
            "browser": browser_of(each.user_agent),
            "is_this": each.session_key == key,
        }
        for each in signing_in.sessions_of(teammate_of(request))
    ]
    return pages.show(request, "web/settings/sessions.html", {"sessions": listed}, here="profile")


@inside
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    me = teammate_of(request)
    get_object_or_404(UserSession, pk=pk, user=me)
    signing_in.end_sessions(me, only=pk, by=me, at=moment_of(request))
    messages.success(request, gettext("Signed out there."))
    return redirect("settings:sessions")


@inside
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    me = teammate_of(request)
    key = request.session.session_key
    count = signing_in.end_sessions(me, keep=key, by=me, at=moment_of(request))
    words = ngettext("Signed out in %(count)s place.", "Signed out in %(count)s places.", count)
    messages.success(request, words % {"count": count})
    return redirect("settings:sessions")


@pages.owners_only
@require_POST
def sign_out_teammate(request: HttpRequest, public_id: str) -> HttpResponse:
    """An owner ends all sessions of a teammate: a lost phone, a machine left open."""
    found = get_object_or_404(queries.teammates(), public_id=public_id)
    keep = request.session.session_key if found == teammate_of(request) else None
    count = signing_in.end_sessions(
        found, keep=keep, by=teammate_of(request), at=moment_of(request)
    )
    words = ngettext("Signed out in %(count)s place.", "Signed out in %(count)s places.", count)
    messages.success(request, words % {"count": count})
    return redirect("settings:teammate", found.public_id)


@pages.owners_only
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth carries no types
def take_factor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Phone and recovery codes are lost: they come in without, to set one up anew.

    Who does it is asked who they are, as for their own: a browser left open is not its owner.
    """
    found = get_object_or_404(queries.active(), public_id=public_id)
    by, at = teammate_of(request), moment_of(request)
    if found == by:  # in their profile, where they see all that they have
        return redirect("settings:profile")
    name = {"name": found.name}
    if not signing_in.take_second_factor(found, by=by, at=at):  # pressed twice, or two owners
        messages.info(request, gettext("%(name)s has no second factor any more.") % name)
        return redirect("settings:teammate", found.public_id)
    said = gettext("%(name)s signs in without a second factor until they set a new one up.") % name
    if not inviting.tell_of_taken_factor(found, by_owner=True, at=at):
        said += " " + gettext("Tell them yourself: no inbox can send mail yet.")
    messages.success(request, said)
    return redirect("settings:teammate", found.public_id)


@login_required
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where everybody is led whom the house asks for a second factor, until they have one."""
    business = queries.business()
    me = teammate_of(request)
    if business is None or not signing_in.lacks_second_factor(request, me, business):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "web/settings/second_factor.html")
