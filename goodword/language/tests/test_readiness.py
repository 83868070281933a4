from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from goodword.language import late, promises, readiness, words
from goodword.language.grammar import grammar
from goodword.language.late import Late


@pytest.fixture
def made(monkeypatch):
    """The lengths of what is made from now on, of all that was made anew."""
    lengths = []

    def note(expression):
        lengths.append(len(expression))
        return compiled(expression)

    compiled = late.re.compile
    monkeypatch.setattr(late.re, "compile", note)
    grammar.cache_clear()
    return lengths


def test_an_expression_is_made_once_and_when_it_is_used(made):
    expression = Late(r"(\d+) gifts")
    assert made == []
    assert expression.search("there are 12 gifts")[1] == "12"
    assert expression.sub("some", "12 gifts") == "some"
    assert [each.start() for each in expression.finditer("1 gifts, 2 gifts")] == [0, 9]
    assert expression.match("12 gifts", 1)
    assert not expression.fullmatch("12 gifts", 0, 7)
    assert len(made) == 1


def test_who_writes_english_waits_for_no_other_language(made):
    promises.detect("I'll call you.", sent_at=datetime.now(UTC), zone=ZoneInfo("UTC"))
    assert grammar("en")._firsts._made is not None
    assert grammar("de")._firsts._made is None
    promises.detect("Ich rufe Sie an.", sent_at=datetime.now(UTC), zone=ZoneInfo("UTC"))
    assert grammar("de")._firsts._made is not None


def test_what_a_language_needs_is_there_once_it_was_made_ready(made):
    readiness.make_ready(["en", "xx"])
    made.clear()
    said = "We will send it by Friday."
    promises.detect(said, sent_at=datetime.now(UTC), zone=ZoneInfo("UTC"))
    assert sum(made) < 5000


def test_every_language_has_its_samples():
    for tongue in words.tongues():
        assert len(words.read(tongue, "basics")["samples"]) == 3
