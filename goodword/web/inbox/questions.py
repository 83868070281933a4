"""A question about a conversation: a dialog where htmx asks, and a page of its own without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from goodword.accounts import rights
from goodword.conversations.models import Conversation
from goodword.web.inbox import conversation as pages
from goodword.web.inside import teammate_of, typed, wants_piece

SEARCHED = "find"  # what is looked for in a dialog; `q` is what the list beside it shows


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, of which one is chosen."""

    value: str
    words: str
    meta: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A link to a further question."""

    url: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Field:
    """A line to write."""

    name: str
    label: str
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `verb` is on the button, and empty where there is nothing to do."""

    title: str
    lead: Sequence[str] = ()
    name: str = ""  # under which the chosen one is sent
    choices: Sequence[Choice] = ()
    search: str = ""  # what is searched for, as a label; empty: nothing is
    line: Field | None = None
    ways: Sequence[Way] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    verb: str = ""
    danger: bool = False
    for_light: bool = False  # who sends nothing may do it too


def ask(
    request: HttpRequest,
    found: Conversation | None,
    question: Question,
    *,
    back: str = "",
    status: int = 200,
) -> HttpResponse:
    """`found` None: it is about no single conversation, and leads to `back`."""
    kept = {name: typed(request.GET, name) for name in request.GET if name != SEARCHED}
    context = {
        "question": question,
        "about": (found.subject or found.reference) if found else "",
        "place": pages.place_beside(request, found) if found else None,
        "action": request.get_full_path(),
        "path": request.path,
        "kept": kept,
        "searched": SEARCHED,
        "q": typed(request.GET, SEARCHED),
        "back": back or (pages.address_of(request, found) if found else ""),
        "may": question.for_light or rights.may_answer(teammate_of(request)),
    }
    piece = wants_piece(request)
    template = "web/inbox/_question_dialog.html" if piece else "web/inbox/question.html"
    answer = render(request, template, context, status=status)
    if piece:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#asking", "innerHTML"
    return answer


def on_to(request: HttpRequest, url: str) -> HttpResponse:
    """From a dialog the whole page goes on; where it was a page, too."""
    if not wants_piece(request):
        return redirect(url)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer
