"""Every catalogue says everything, fills in what it is given, and is compiled as written.

The msgids are found without GNU gettext: Django turns a template into something like Python, and
babel reads that as it reads our Python.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils.translation.template import templatize

from goodword.desk import staffing
from goodword.desk.intake import acknowledging
from tests.factories import MINUTE, MONDAY_NOON, make_house, make_inbox, receive

PACKAGE = Path(settings.BASE_DIR)
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
KEYWORDS: dict[str, object] = {
    name + ending: places
    for name, places in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for ending in ("", "_lazy")
} | {"_": None, "gettext_noop": None}
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[a-z]|%[sd]|\{\w*\}")

Id = tuple[str | None, str]  # context and singular


def sources() -> Iterator[Path]:
    for kind in ("*.py", "*.html", "*.txt"):
        for path in PACKAGE.rglob(kind):
            is_template = "templates" in path.parts
            if "tests" not in path.parts and (is_template or kind == "*.py"):
                yield path


def said_within(text: ast.JoinedStr) -> Iterator[str]:
    for call in ast.walk(text):
        name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
        if name in KEYWORDS:
            yield f"line {call.lineno}: {ast.unparse(call)}"


def test_no_words_are_said_within_an_f_string_where_no_tool_finds_them() -> None:
    found = {
        str(path): said
        for path in sources()
        if path.suffix == ".py"
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.JoinedStr) and (said := [*said_within(each)])
    }
    assert found == {}


def ids_in(path: Path) -> set[Id]:
    text = path.read_text()
    if path.suffix != ".py":
        # Outside the calls nothing is left but X and blanks; their indents mean nothing.
        text = re.sub(r"^[^\S\n]+", "", templatize(text), flags=re.MULTILINE)
    found = extract("python", io.BytesIO(text.encode()), KEYWORDS)  # type: ignore[arg-type]
    said = ((context, ids if isinstance(ids, str) else ids[0]) for _at, ids, _, context in found)
    return {each for each in said if each[1]}


def catalogue(language: str, kind: str = "po") -> Catalog:
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / f"django.{kind}"
    with path.open("rb") as file:
        return read_po(file, locale=language) if kind == "po" else read_mo(file)


def entries(found: Catalog) -> dict[Id, Message]:
    return {(context_of(each), forms(each.id)[0]): each for each in found if each.id}


def context_of(entry: Message) -> str | None:
    """babel leaves the contexts of a compiled catalogue as bytes."""
    given: object = entry.context
    return given.decode() if isinstance(given, bytes) else entry.context


def forms(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Singular and plurals, or the one form there is."""
    return (words,) if isinstance(words, str) else tuple(words)


def filled(form: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(form))


@pytest.fixture(scope="module")
def said() -> set[Id]:
    found = set().union(*(ids_in(path) for path in sources()))
    assert {(None, "Keep open"), ("promise chip", "Kept")} < found  # of a template, of Python
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_everything_and_nobody_doubts_it(language, said):
    known = entries(catalogue(language))
    silent = {
        each
        for each in said
        if each not in known or known[each].fuzzy or not all(forms(known[each].string))
    }
    assert not silent, "make words gathers them; then translate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_what_its_original_fills_in(language):
    found = catalogue(language)
    for each in entries(found).values():
        assert len(forms(each.string)) == (found.num_plurals if each.pluralizable else 1)
        one, many = (filled(forms(each.id)[place]) for place in (0, -1))
        first, *others = (filled(form) for form in forms(each.string))
        assert first in (one, many), each.id  # one may be said without its number
        assert all(other == many for other in others), each.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language):
    written = entries(catalogue(language))
    compiled = entries(catalogue(language, "mo"))
    assert {each: forms(row.string) for each, row in compiled.items()} == {
        each: forms(row.string) for each, row in written.items()
    }


def test_gettext_goes_by_names_that_the_gatherers_know():
    other_name = re.compile(r"\bn?p?gettext(?:_lazy|_noop)? as (?!_\b)\w+")
    assert [str(path) for path in sources() if other_name.search(path.read_text())] == []


@pytest.mark.django_db
def test_given_a_german_browser_the_sign_in_page_is_german(client: Client):
    make_house()
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # the server of static files wants it
    page = client.get("/account/login/", headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    assert '<html lang="de"' in page.text
    assert "Passwort vergessen?" in page.text
    assert "Forgot" not in page.text


@pytest.mark.django_db
def test_given_a_german_inbox_the_acknowledgement_is_german_without_a_word_from_the_owner():
    house = make_house()
    hallo = make_inbox(house.front, name="Hallo", address="hallo@shop.example")
    staffing.change_inbox(
        hallo, name="Hallo", addresses=["hallo@shop.example"], team=house.front, teams=[],
        language="de", acknowledges=True, joins_organisation=False, signs_reply_addresses=False,
        answers_where_written=True, trusted_servers="", by=house.ana, at=MONDAY_NOON,
    )  # fmt: skip
    sent = acknowledging.acknowledge(receive(house, inbox=hallo), at=MONDAY_NOON + MINUTE)
    assert sent is not None
    assert sent.text.startswith("Vielen Dank für Ihre Nachricht.")
    assert "bis Dienstag, 17. November, 13:00 Uhr." in sent.text
    assert sent.text.endswith("Marlow & Finch")
