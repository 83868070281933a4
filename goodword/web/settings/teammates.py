from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodword.accounts import actions as accounts
from goodword.accounts import queries, signing_in
from goodword.accounts.models import Teammate
from goodword.desk import staffing
from goodword.promises import queries as promises
from goodword.web.inside import moment_of, teammate_of
from goodword.web.settings import inviting, pages
from goodword.web.settings.forms import InviteForm, RoleForm


def last_owner() -> str:
    return _("Someone must own Goodword. Make another teammate an owner first.")


def team_would_be_empty(error: accounts.TeamWouldBeEmpty) -> str:
    return _(
        "The team %(team)s would have nobody left who may answer. Add someone to it first."
    ) % {"team": error.team.name}


@pages.owners_only
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    context = {
        "teammates": queries.teammates().prefetch_related("teams"),
        "invitations": queries.open_invitations().prefetch_related("teams"),
    }
    return pages.show(request, "web/settings/teammates.html", context, here="teammates")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """The link is shown here, once: only its hash is stored."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitation, token = accounts.invite(
            **form.cleaned_data, by=teammate_of(request), at=moment_of(request)
        )
        return _show_link(request, inviting.send(invitation, token, by=teammate_of(request)))
    context = {"form": form, "can_send": inviting.can_send()}
    status = pages.status_of(form)
    return pages.show(request, "web/settings/invite.html", context, here="teammates", status=status)


@pages.owners_only
@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for an open invitation; the one before stops working."""
    before = get_object_or_404(queries.open_invitations(), pk=pk)
    by, at = teammate_of(request), moment_of(request)
    try:
        invitation, token = accounts.invite(
            email=before.email, role=before.role, teams=list(before.teams.all()), by=by, at=at
        )
    except accounts.AddressTaken:
        messages.error(request, _("A teammate with this address is here already."))
        return redirect("settings:teammates")
    return _show_link(request, inviting.send(invitation, token, by=by))


def _show_link(request: HttpRequest, sent: inviting.Sent) -> HttpResponse:
    return pages.show(request, "web/settings/invited.html", {"sent": sent}, here="teammates")


@pages.owners_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(queries.open_invitations(), pk=pk)
    accounts.withdraw_invitation(invitation)
    messages.success(
        request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email}
    )
    return redirect("settings:teammates")


@pages.owners_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who they are, with their role to change."""
    teammate = _teammate(public_id)
    form = RoleForm(request.POST or None, initial={"role": teammate.role})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        by, at = teammate_of(request), moment_of(request)
        try:
            staffing.change_role(teammate, role, by=by, at=at)
        except accounts.LastOwner:
            form.add_error("role", last_owner())
        except accounts.TeamWouldBeEmpty as error:
            form.add_error("role", team_would_be_empty(error))
        else:
            messages.success(request, _("The role is changed."))
            # Who has just given up their own ownership sees no teammates any more.
            return (
                redirect("settings:teammate", public_id)
                if by.pk != teammate.pk
                else redirect("settings:start")
            )
        teammate.refresh_from_db()
    return _show_one(request, teammate, form, status=pages.status_of(form))


def _show_one(
    request: HttpRequest, teammate: Teammate, form: RoleForm, *, status: int, trouble: str = ""
) -> HttpResponse:
    context = {
        "teammate": teammate,
        "teams": teammate.teams.order_by("name"),
        "form": form,
        "is_me": teammate.pk == teammate_of(request).pk,
        "owes": promises.open_promises().filter(owner=teammate).count(),
        "has_second_factor": signing_in.has_second_factor(teammate),
        "can_mail": inviting.can_send(),
        "trouble": trouble,
    }
    return pages.show(
        request, "web/settings/teammate.html", context, here="teammates", status=status
    )


@pages.owners_only
@require_POST
def deactivate(request: HttpRequest, public_id: str) -> HttpResponse:
    teammate = _teammate(public_id)
    owed = promises.open_promises().filter(owner=teammate).count()
    try:
        staffing.take_leave(teammate, by=teammate_of(request), at=moment_of(request))
    except accounts.LastOwner:
        trouble = last_owner()
    except accounts.TeamWouldBeEmpty as error:
        trouble = team_would_be_empty(error)
    else:
        messages.success(request, _left(teammate, owed))
        return redirect("settings:teammates")
    teammate.refresh_from_db()
    form = RoleForm(initial={"role": teammate.role})
    return _show_one(request, teammate, form, status=pages.UNPROCESSABLE, trouble=trouble)


def _left(teammate: Teammate, owed: int) -> str:
    gone = _("%(name)s can't sign in any more.") % {"name": teammate.name}
    if not owed:
        return gone
    handed = ngettext(
        "The answer they owed is owed by the inbox's team now.",
        "The %(count)d answers they owed are owed by the inboxes' teams now.",
        owed,
    ) % {"count": owed}
    return f"{gone} {handed}"


@pages.owners_only
@require_POST
def reactivate(request: HttpRequest, public_id: str) -> HttpResponse:
    teammate = _teammate(public_id)
    accounts.reactivate(teammate, by=teammate_of(request), at=moment_of(request))
    messages.success(
        request,
        _("%(name)s can sign in again, with the password from before.") % {"name": teammate.name},
    )
    return redirect("settings:teammate", public_id)


@pages.owners_only
@require_POST
def password_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """A link to set a new password, for who forgot it while no mail can be sent. Shown once."""
    teammate = get_object_or_404(queries.active(), public_id=public_id)
    link = inviting.password_link(teammate, by=teammate_of(request), at=moment_of(request))
    context = {"teammate": teammate, "link": link}
    return pages.show(request, "web/settings/password_link.html", context, here="teammates")


def _teammate(public_id: str) -> Teammate:
    return get_object_or_404(queries.teammates(), public_id=public_id)
