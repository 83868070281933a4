from __future__ import annotations

from django.urls import path

from goodword.inboxes.models import Wording
from goodword.web.canned import pages as canned
from goodword.web.people import defining
from goodword.web.settings import (
    arrivals,
    audit,
    business,
    consenting,
    inboxes,
    joining,
    mailboxes,
    profile,
    senders,
    signing_in,
    teammates,
    teams,
    told,
)

app_name = "settings"
_inbox = "settings/inboxes/<slug:public_id>"
_mate = "settings/teammates/<slug:public_id>"

urlpatterns = [
    path("settings/", business.start, name="start"),
    path("settings/business/", business.business, name="business"),
    path("settings/roles/", business.roles, name="roles"),
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/told/", told.told, name="told"),
    path("settings/sessions/", signing_in.sessions, name="sessions"),
    path("settings/sessions/others/end/", signing_in.end_others, name="end_others"),
    path("settings/sessions/<int:pk>/end/", signing_in.end_session, name="end_session"),
    path("settings/signing-in/", signing_in.ways, name="signing_in"),
    path("settings/signing-in/factor/", signing_in.require, name="require_factor"),
    path("settings/signing-in/new/", signing_in.new_provider, name="new_provider"),
    path("settings/signing-in/<slug:public_id>/", signing_in.provider, name="provider"),
    path(
        "settings/signing-in/<slug:public_id>/remove/",
        signing_in.remove_provider,
        name="remove_provider",
    ),
    path("settings/canned/", canned.listed, name="canned"),
    path("settings/fields/", defining.listed, name="fields"),
    path("settings/inboxes/", inboxes.listed, name="inboxes"),
    path("settings/inboxes/new/", inboxes.new, name="new_inbox"),
    path(f"{_inbox}/", inboxes.one, name="inbox"),
    path(
        f"{_inbox}/signature/",
        inboxes.words,
        {"purpose": Wording.Purpose.SIGNATURE},
        name="signature",
    ),
    path(
        f"{_inbox}/acknowledgement/",
        inboxes.words,
        {"purpose": Wording.Purpose.ACKNOWLEDGEMENT},
        name="acknowledgement",
    ),
    path(f"{_inbox}/assigning/", inboxes.assigning, name="assigning"),
    path(f"{_inbox}/words/<slug:purpose>/", inboxes.ready_words, name="ready_words"),
    path(f"{_inbox}/mailbox/", mailboxes.mailbox, name="mailbox"),
    path(f"{_inbox}/mailbox/disconnect/", mailboxes.disconnect, name="disconnect"),
    path(f"{_inbox}/mailbox/again/", mailboxes.connect_again, name="connect_again"),
    path(f"{_inbox}/mailbox/<slug:trial_id>/", mailboxes.trial, name="trial"),
    path(f"{_inbox}/mailbox/<slug:trial_id>/use/", mailboxes.use_trial, name="use_trial"),
    # Registered with providers as it stands: never change it.
    path("settings/mailboxes/consent/", consenting.consent, name="consent"),
    path("settings/teammates/", teammates.listed, name="teammates"),
    path("settings/teammates/invite/", teammates.invite, name="invite"),
    path("settings/invitations/<int:pk>/again/", teammates.invite_again, name="invite_again"),
    path("settings/invitations/<int:pk>/withdraw/", teammates.withdraw, name="withdraw"),
    path(f"{_mate}/", teammates.one, name="teammate"),
    path(f"{_mate}/deactivate/", teammates.deactivate, name="deactivate"),
    path(f"{_mate}/reactivate/", teammates.reactivate, name="reactivate"),
    path(f"{_mate}/sign-out/", signing_in.sign_out_teammate, name="sign_out_teammate"),
    path(f"{_mate}/second-factor/", signing_in.take_factor, name="take_factor"),
    path(f"{_mate}/password-link/", teammates.password_link, name="password_link"),
    path("settings/teams/", teams.listed, name="teams"),
    path("settings/teams/new/", teams.new, name="new_team"),
    path("settings/teams/<slug:public_id>/", teams.one, name="team"),
    path("settings/spam/", senders.listed, name="senders"),
    path("settings/spam/<int:pk>/remove/", senders.remove, name="sender_remove"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/arrivals/", arrivals.listed, name="arrivals"),
    path("settings/arrivals/<int:pk>/raw/", arrivals.raw, name="arrival_raw"),
    path("settings/arrivals/<int:pk>/again/", arrivals.try_again, name="arrival_again"),
    path("join/<str:token>/", joining.join, name="join"),
]
