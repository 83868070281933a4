"""Addresses of the daily screens: nouns, then the verb."""

from __future__ import annotations

from django.urls import path

from goodword.web.inbox import (
    about,
    acts,
    advice,
    asking,
    colleagues,
    composer,
    conversation,
    here,
    listing,
    messages,
    searching,
    sending,
    suggesting,
    tracking,
    undoing,
)

app_name = "inbox"
_ONE = "conversations/<slug:public_id>/"
_MESSAGE = "messages/<slug:public_id>/"

urlpatterns = [
    path("inbox/", listing.start, name="start"),
    path("inbox/team/<slug:public_id>/", listing.team, name="team"),
    path("inbox/<slug:folder>/", listing.folder, name="folder"),
    path("search/", searching.search, name="search"),
    path("search/suggestions/", suggesting.suggestions, name="suggestions"),
    path(_ONE, conversation.conversation, name="conversation"),
    path(f"{_ONE}here/", here.here, name="here"),
    path(f"{_ONE}colleagues/", here.colleagues, name="colleagues"),
    path(f"{_ONE}unread/", here.unread, name="unread"),
    path(f"{_ONE}draft/", composer.draft, name="draft"),
    path(f"{_ONE}advice/", advice.advice, name="advice"),
    path(f"{_ONE}reply/", composer.reply, name="reply"),
    path(f"{_ONE}note/", composer.note, name="note"),
    path(f"{_ONE}colleagues/", colleagues.colleagues, name="colleagues"),
    path(f"{_ONE}follow/", colleagues.follow, name="follow"),
    path(f"{_ONE}assign/", acts.assign, name="assign"),
    path(f"{_ONE}tag/", acts.tag, name="tag"),
    path(f"{_ONE}untag/", acts.untag, name="untag"),
    path(f"{_ONE}snooze/", acts.snooze, name="snooze"),
    path(f"{_ONE}close/", acts.close, name="close"),
    path(f"{_ONE}reopen/", acts.reopen, name="reopen"),
    path(f"{_ONE}spam/", acts.spam, name="spam"),
    path(f"{_ONE}trash/", acts.trash, name="trash"),
    path(f"{_ONE}no-answer-needed/", acts.no_answer_needed, name="no_answer_needed"),
    path(f"{_ONE}answer-needed/", acts.answer_needed, name="answer_needed"),
    path(f"{_ONE}undo/", undoing.undo, name="undo"),
    path(f"{_ONE}person/", about.person, name="person"),
    path(f"{_ONE}promise/", tracking.track, name="track"),
    path(f"{_ONE}come-back/", tracking.come_back, name="come_back"),
    path(f"{_ONE}hold/", tracking.hold, name="hold"),
    path(f"{_ONE}urgent/", tracking.urgent, name="urgent"),
    path(f"{_ONE}aside/", asking.begin, name="aside"),
    path(f"{_ONE}aside/opened/", asking.opened, name="aside_opened"),
    path(f"{_ONE}join/", acts.join, name="join"),
    path(f"{_ONE}keep-apart/", acts.keep_apart, name="keep_apart"),
    path(f"{_ONE}works-again/", acts.works_again, name="works_again"),
    path(f"{_MESSAGE}frame/", messages.frame, name="frame"),
    path(f"{_MESSAGE}source/", messages.source, name="source"),
    path(f"{_MESSAGE}download.eml", messages.eml, name="eml"),
    path(f"{_MESSAGE}forward/", asking.forward, name="forward"),
    path(f"{_MESSAGE}take-back/", acts.take_back, name="take_back"),
    path(f"{_ONE}sending/", sending.menu, name="sending"),
    path(f"{_MESSAGE}another-time/", sending.another_time, name="another_time"),
    path(f"{_MESSAGE}send-now/", sending.send_now, name="send_now"),
    path(f"{_MESSAGE}let-go/", acts.let_go, name="let_go"),
    path(f"{_MESSAGE}decide/", acts.decide, name="decide"),
    path("attachments/<slug:public_id>/<str:name>", messages.attachment, name="attachment"),
]
