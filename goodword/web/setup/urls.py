from __future__ import annotations

from django.urls import path

from goodword.web.setup import views

app_name = "setup"
urlpatterns = [
    path("setup/", views.begin, name="begin"),
    path("setup/business/", views.business, name="business"),
    path("setup/hours/", views.hours, name="hours"),
    path("setup/inbox/", views.inbox, name="inbox"),
    path("setup/mailbox/", views.mailbox, name="mailbox"),
    path("setup/mailbox/<slug:trial_id>/", views.trial, name="trial"),
    path("setup/mailbox/<slug:trial_id>/use/", views.use_trial, name="use_trial"),
    path("setup/done/", views.done, name="done"),
    path("setup/<str:token>/", views.owner, name="owner"),  # last: a token is any word
]
