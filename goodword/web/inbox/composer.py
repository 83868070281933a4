"""What a teammate is writing: the draft as shown, saved as they type, and sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodword.accounts import rights
from goodword.accounts.models import Teammate
from goodword.conversations import actions as conversations
from goodword.conversations import locking
from goodword.conversations.models import Conversation, Draft
from goodword.desk import wording
from goodword.desk.answering import leaving_from, replying, sharing
from goodword.desk.answering.meanwhile import SaidMeanwhile
from goodword.desk.answering.recipients import (
    NotAnAddress,
    Recipients,
    read_addresses,
    reply_to_all,
)
from goodword.promises import queries as promises
from goodword.promises.models import Promise
from goodword.web.canned import along
from goodword.web.inbox import advice, colleagues, not_sent, sending, stale, writing
from goodword.web.inbox import conversation as pages
from goodword.web.inbox.advice import Bar
from goodword.web.inbox.errors import sentence
from goodword.web.inbox.forms import ComposerForm, sha256
from goodword.web.inbox.stale import Stale
from goodword.web.inbox.timeline import PICTURES
from goodword.web.inbox.writing import Composer
from goodword.web.inside import inside, moment_of, teammate_of, wants_piece


@inside
@require_POST
def draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep what is being written; add files, take one out, or turn to another kind of answer."""
    found = pages.visible(request, public_id)
    form = ComposerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _wrong(request, found, form, _errors_of(form))
    _insert(found, form)
    too_much = _too_much(request, found, form)
    found, kept = _keep(request, found, form)
    if too_much:
        return _wrong(request, found, form, {"attached": [too_much]})
    turn = form.cleaned_data["switch"] or (form.mode_sent if form.cleaned_data["insert"] else "")
    if request.POST.get("choose") == "canned":
        return along.choosing(request, found)
    if "share" in request.POST and kept is not None:
        return redirect("inbox:share", found.public_id)
    if turn:
        if kept is not None and turn in {"reply", "all"} and kept.kind == Draft.Kind.REPLY:
            _address_draft(kept, turn, by=teammate_of(request), at=moment_of(request))
        known = {"fragment": "composer", "seen": str(form.knows or "")}  # what the page shows stays
        piece = known if wants_piece(request) else {}
        return redirect(pages.address_of(request, found, compose=turn, **piece))
    if wants_piece(request):
        context = {
            "composer": _as_sent(request, found, form),
            "conversation": found,
            "place": pages.place_beside(request, found),
            "kept_now": True,
        }
        return render(request, "web/inbox/_draft_kept.html", context)
    return redirect(pages.address_of(request, found, compose=form.mode_sent))


@inside
@require_POST
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    def send(found: Conversation, form: ComposerForm, kept: Draft | None) -> None:
        by, at, text = teammate_of(request), moment_of(request), form.cleaned_data["text"]
        bar = advice.of(found, text, request.POST, by=by, now=at)
        scripted = request.POST.get("scripted") == "yes"  # then the bar is beside the text
        wish = sending.wished(request.POST)
        if wish.asks:
            raise not_sent.Asks
        if bar is not None and bar.unseen and not scripted:
            raise not_sent.LookFirst(bar)
        promise = promises.owed_reply(found)
        late = sending.leaves_after(promise, wish, now=at)
        if late and request.POST.get("knows_late") != late:
            raise not_sent.LeavesLate(late)
        html = replying.html_of(text, kept)
        with transaction.atomic():
            message = replying.reply(
                found,
                by=by,
                text=text,
                recipients=_recipients(form),
                draft=kept,
                keeps=_kept_by(request, found),
                promised=advice.said(bar, found, now=at) if bar else (),
                once=form.cleaned_data["once"],
                after=form.knows,
                leaves_at=wish.leaves_at,
                then=wish.then,
                then_until=wish.until,
                html=html,
                at=at,
            )
            along.do(request, message)
            if bar is not None:
                advice.remember_what_is_none(bar, by=by, at=at)

    return _send(request, public_id, send)


def _kept_by(request: HttpRequest, found: Conversation) -> list[Promise]:
    """The promises that the page says the answer keeps."""
    named = request.POST.getlist("keeps")
    return [each for each in promises.open_in(found) if each.public_id in named]


def _insert(found: Conversation, form: ComposerForm) -> None:
    """Put words that stand ready behind what is written, in the customer's language."""
    purpose = form.cleaned_data["insert"]
    if purpose:
        words = wording.words_of(found, purpose, name=found.person.name)
        written = form.cleaned_data["text"].rstrip()
        form.cleaned_data["text"] = f"{written}\n\n{words}" if written else words


@inside
@require_POST
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    def send(found: Conversation, form: ComposerForm, kept: Draft | None) -> None:
        replying.write_note(
            found,
            by=teammate_of(request),
            text=form.cleaned_data["text"],
            draft=kept,
            once=form.cleaned_data["once"],
            at=moment_of(request),
        )
        colleagues.say_unclear(request, found, form.cleaned_data["text"])

    return _send(request, public_id, send)


def _send(
    request: HttpRequest,
    public_id: str,
    send: Callable[[Conversation, ComposerForm, Draft | None], None],
) -> HttpResponse:
    """Keep the draft first: whatever goes wrong after that, the words are safe."""
    found = pages.visible(request, public_id)
    form = ComposerForm(request.POST, request.FILES)
    if not form.is_valid():
        errors = _errors_of(form)
        errors.setdefault("", []).append(_("Not sent. What you wrote is still here."))
        return _wrong(request, found, form, errors)
    too_much = _too_much(request, found, form)
    found, kept = _keep(request, found, form)
    if too_much:
        return _wrong(request, found, form, {"attached": [too_much]})
    if form.was_said:
        if form.has_more:
            messages.error(request, not_sent.said_before(form))
        return redirect(pages.address_of(request, found))
    if form.was_joined:
        return _look_it_over(request, found, form)
    try:
        send(found, form, kept)
    except replying.DraftGrew:
        found = pages.visible(request, found.public_id)
        form.join(writing.draft_of(found, teammate_of(request), form.mode_sent))
        return _look_it_over(request, found, form)
    except SaidMeanwhile as error:
        news = stale.of(error, after=form.knows or 0)
        return _wrong(request, pages.visible(request, public_id), form, {}, news=news)
    except not_sent.LookFirst as error:
        return _look_first(request, found, form, error.bar)
    except not_sent.LeavesLate as error:
        words = _("%(late)s Send it all the same, or choose another time.")
        errors = {"": [words % {"late": error}]}
        return _wrong(request, found, form, errors, knows_late=str(error))
    except not_sent.REFUSED as error:
        return _wrong(request, found, form, not_sent.by_field(error))
    return redirect(pages.address_of(request, found))


def _look_it_over(request: HttpRequest, found: Conversation, form: ComposerForm) -> HttpResponse:
    words = _("Not sent: there is more of what you wrote. Look it over, then send.")
    return _wrong(request, found, form, {"": [words]})


def _look_first(
    request: HttpRequest, found: Conversation, form: ComposerForm, bar: Bar
) -> HttpResponse:
    words = _("You promise something here. Look it over, then send.")
    return _wrong(request, found, form, {"": [words]}, bar=bar)


def _recipients(form: ComposerForm) -> Recipients:
    """Raises not_sent.WrongField."""
    read: dict[str, tuple[str, ...]] = {}
    for name in ("to", "cc", "bcc"):
        try:
            read[name] = read_addresses(form.cleaned_data[name])
        except NotAnAddress as error:
            raise not_sent.WrongField(name, sentence(error)) from error
    return Recipients(read["to"], read["cc"], read["bcc"], sender=form.cleaned_data["sender"])


def _too_much(request: HttpRequest, found: Conversation, form: ComposerForm) -> str:
    """What is wrong when all files together are more than a message holds; they are left out."""
    sent = form.cleaned_data
    new = sum(each.size for each in (*sent["attached"], *sent["pictured"]))
    if not new:
        return ""
    draft = writing.draft_of(found, teammate_of(request), form.mode_sent)
    held = draft.files.aggregate(bytes=Sum("file__size_bytes"))["bytes"] if draft else 0
    if new + (held or 0) <= settings.MAX_SENT_MB * 1024 * 1024:
        return ""
    sent["attached"], sent["pictured"] = [], []
    words = _("Together the files are more than %(most)s MB, which is more than most mail servers "
              "take. Nothing was attached; send a link instead.")  # fmt: skip
    return words % {"most": settings.MAX_SENT_MB}


@transaction.atomic
def _keep(
    request: HttpRequest, found: Conversation, form: ComposerForm
) -> tuple[Conversation, Draft | None]:
    """The draft as it is now; nothing written and nothing attached leaves none.

    It stands where the conversation stands: a colleague may be joining it with another just now.
    """
    teammate, at = teammate_of(request), moment_of(request)
    if form.kind == Draft.Kind.REPLY and not rights.may_answer(teammate):
        return found, None
    held = locking.lock(found)
    if held != found:
        found = pages.visible(request, held.public_id)
    before = writing.draft_of(found, teammate, form.mode_sent)
    _leave_out_what_was_said(found, form, by=teammate)
    form.join(before)
    chosen = before.sender if before else ""
    if "sender" not in form.data:  # the page shows nothing to choose from
        form.cleaned_data["sender"] = leaving_from.as_choice(found, chosen, before=chosen)
    if not _holds_anything(form, before):
        if before is not None:
            sharing.discard(before, by=teammate, at=at)
        return found, None
    kept = _saved(found, form, chosen, by=teammate, at=at)
    along.keep(kept, request.POST)
    return found, kept


def _leave_out_what_was_said(found: Conversation, form: ComposerForm, *, by: Teammate) -> None:
    once = form.cleaned_data["once"] or "-"
    said = found.messages.filter(public_id=once, teammate=by).first()
    if said is not None:
        went = said.attachments.values_list("file__sha256", flat=True)
        form.leave_out(said.text, files=set(went))


def _holds_anything(form: ComposerForm, before: Draft | None) -> bool:
    """Words, new files, or a file that the draft has and keeps."""
    sent = form.cleaned_data
    files = before.files.all() if before else ()
    stays = any(each.public_id != sent["take_out"] for each in files)
    return bool(sent["text"].strip() or sent["attached"] or sent["pictured"] or stays)


def _saved(
    found: Conversation, form: ComposerForm, chosen: str, *, by: Teammate, at: datetime
) -> Draft:
    """`chosen`: what the draft was to leave from until now."""
    sent = form.cleaned_data
    kept = conversations.save_draft(
        found,
        by=by,
        kind=form.kind,
        text=sent["text"],
        **{name: sent[name] for name in ("to", "cc", "bcc")},
        sender=leaving_from.as_choice(found, sent["sender"], before=chosen),
        at=at,
    )
    for each in kept.files.filter(public_id=sent["take_out"] or "-"):
        conversations.detach_from_draft(each)
    for name in ("attached", "pictured"):
        for each in sent[name]:
            _attach(kept, each, is_pictured=name == "pictured", at=at)
    return kept


def _attach(kept: Draft, file: UploadedFile[bytes], *, is_pictured: bool, at: datetime) -> None:
    """A file that lies there already is not put there again: Send was pressed twice at once."""
    if not is_pictured and kept.files.filter(name=file.name, file__sha256=sha256(file)).exists():
        return
    kind = (file.content_type or "").lower()
    conversations.attach_to_draft(
        kept,
        name=file.name or "",
        content_type=kind,
        data=file.read(),
        inline=is_pictured and kind in PICTURES,
        at=at,
    )


def _address_draft(kept: Draft, mode: str, *, by: Teammate, at: datetime) -> None:
    only, everyone = reply_to_all(kept.conversation)
    recipients = everyone if mode == "all" else only
    conversations.save_draft(
        kept.conversation,
        by=by,
        kind=kept.kind,
        text=kept.text,
        to=", ".join(recipients.to),
        cc=", ".join(recipients.cc),
        bcc=kept.bcc,
        sender=kept.sender,
        at=at,
    )


def _as_sent(request: HttpRequest, found: Conversation, form: ComposerForm) -> Composer:
    """The composer with what came in, whether or not it could be kept."""
    mode, now = str(form.data.get("mode", "")), moment_of(request)
    shown = writing.of(found, by=teammate_of(request), mode=mode, now=now)
    said = form.cleaned_data if form.is_valid() else form.data
    shown.text = str(said.get("text", ""))
    shown.was_joined = form.was_joined
    if not form.is_valid():
        # The first is what the page is sure of.
        shown.saved = next(iter(form.data.getlist("saved")), "")  # type: ignore[attr-defined]  # a request's
    shown.seen = str(form.knows or "")
    if not shown.is_note:
        shown.to, shown.cc, shown.bcc = (str(said.get(name, "")) for name in ("to", "cc", "bcc"))
        shown.choose(str(said.get("sender", "")))
        writing.mark(shown, found, now=now)
    return shown


def _wrong(
    request: HttpRequest,
    found: Conversation,
    form: ComposerForm,
    errors: dict[str, list[str]],
    *,
    bar: Bar | None = None,
    news: Stale | None = None,
    knows_late: str = "",
) -> HttpResponse:
    shown = _as_sent(request, found, form)
    shown.begins, shown.errors, shown.stale = True, errors, news
    if not shown.is_note:
        by, now = teammate_of(request), moment_of(request)
        shown.knows_late = knows_late
        sending.show(shown, request.POST, found, now=now)
        shown.bar = bar or advice.of(found, shown.text, request.POST, by=by, now=now)
    if wants_piece(request):
        context = {
            "conversation": found,
            "composer": shown,
            "place": pages.place_beside(request, found),
        }
        answer = render(request, "web/inbox/_composer.html", context, status=422)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#composer", "outerHTML"
        return answer
    return pages.show(request, found, composer=shown, status=422)


def _errors_of(form: ComposerForm) -> dict[str, list[str]]:
    known = {"text", "to", "cc", "bcc", "sender", "attached"}
    found: dict[str, list[str]] = {}
    for name, words in form.errors.items():
        found.setdefault(name if name in known else "", []).extend(map(str, words))
    return found
