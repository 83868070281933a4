"""Addresses of the plan. The public page of hours stands outside, at /hours/."""

from __future__ import annotations

from django.urls import path

from goodword.web.plan import answers, away, calendars, duty, kinds, week

app_name = "plan"
_CALENDAR = "plan/hours/<slug:public_id>/"
_CLOSURE = "plan/closures/<slug:public_id>/"
_TARGET = "plan/answers/<slug:public_id>/"
_KIND = "plan/kinds/<slug:public_id>/"
_ABSENCE = "plan/absences/<slug:public_id>/"

urlpatterns = [
    path("plan/", week.week, name="week"),
    path("plan/duty/new/", duty.new, name="new_duty"),
    path("plan/duty/<slug:public_id>/", duty.one, name="duty"),
    path("plan/duty/<slug:public_id>/end/", duty.end, name="end_duty"),
    path("plan/hours/", calendars.listed, name="hours"),
    path("plan/hours/new/", calendars.new, name="new_hours"),
    path("plan/hours/regions/", calendars.region_field, name="region_field"),
    path(_CALENDAR, calendars.one, name="calendar"),
    path(f"{_CALENDAR}standard/", calendars.make_standard, name="make_standard"),
    path(f"{_CALENDAR}remove/", calendars.remove, name="remove_hours"),
    path(f"{_CALENDAR}close/", calendars.new_closure, name="new_closure"),
    path(_CLOSURE, calendars.closure, name="closure"),
    path(f"{_CLOSURE}end/", calendars.end_closure, name="end_closure"),
    path("plan/answers/", answers.listed, name="answers"),
    path("plan/answers/new/", answers.new, name="new_target"),
    path("plan/answers/example/", answers.example_line, name="example"),
    path(_TARGET, answers.one, name="target"),
    path(f"{_TARGET}remove/", answers.remove, name="remove_target"),
    path("plan/inboxes/<slug:public_id>/", answers.inbox, name="inbox"),
    path("plan/kinds/new/", kinds.new, name="new_kind"),
    path(_KIND, kinds.one, name="kind"),
    path(f"{_KIND}forget/", kinds.forget, name="forget_kind"),
    path("plan/absences/", away.listed, name="absences"),
    path("plan/away/", away.away, name="away"),
    path(_ABSENCE, away.absence, name="absence"),
    path(f"{_ABSENCE}change/", away.change, name="change_absence"),
    path(f"{_ABSENCE}back/", away.back, name="back"),
]
