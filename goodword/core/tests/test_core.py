from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from goodword.core import environment, ids, sealing
from goodword.core.text import clean, clean_line, fold, one_line

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def test_keys_follow_time_and_fit_63_bits():
    keys = [ids.key_at(NOON + timedelta(milliseconds=n)) for n in range(50)]
    assert keys == sorted(keys)
    assert keys[0] < 2**63
    assert ids.moment_of(keys[0]) == NOON
    assert ids.key_at(datetime(2200, 1, 1, tzinfo=UTC)) < 2**63


def test_a_key_needs_an_aware_moment():
    with pytest.raises(ValueError, match="aware"):
        ids.key_at(datetime(2026, 1, 1))  # noqa: DTZ001


def test_public_ids_differ_and_can_stand_in_a_url():
    drawn = {ids.public_id() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(each.isalnum() and each.isascii() for each in drawn)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strasse"),
        ("Café, DÉJÀ vu!", "cafe deja vu"),
        ("grace@whitlow.example", "grace whitlow example"),
        ("snake_case-word", "snake case word"),
        ("東京都", "東京 京都"),
        ("abc東x", "abc 東 x"),
        ("한국어", "한국 국어"),
        ("İstanbul", "istanbul"),
        ("ﬁne ½", "fine 1 2"),
        ("", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folded_text_holds_words_and_single_spaces_and_folds_to_itself(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert all(word.isalnum() for word in folded.split())
    assert "\x00" not in folded


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_cleaned_text_can_be_stored(text):
    clean(text).encode()
    assert "\x00" not in clean(text)
    assert "\n" not in clean_line(text)


def test_one_line_ends_at_a_word():
    assert one_line("a word and another", most=12) == "a word and…"
    assert one_line(" a \n b ") == "a b"


def test_what_is_sealed_opens_again_and_only_with_the_key(settings):
    sealed = sealing.seal("hunter2")
    assert "hunter2" not in sealed
    assert sealing.unseal(sealed) == "hunter2"
    settings.MAILBOX_KEY = "another"
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(sealed)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: environment.whole_number("GOODWORD_X", 1, least=1), "0"),
        (lambda: environment.whole_number("GOODWORD_X", 1), "many"),
        (lambda: environment.one_of("GOODWORD_X", "A", ("A", "B")), "perhaps"),
        (lambda: environment.web_address("GOODWORD_X", ""), "desk.shop.example"),
        (lambda: environment.web_address("GOODWORD_X", ""), "https://desk.example/path"),
    ],
)
def test_a_wrong_setting_is_said_in_one_sentence(monkeypatch, read, value):
    monkeypatch.setattr(environment, "KNOWN", set())
    monkeypatch.setenv("GOODWORD_X", value)
    with pytest.raises(ImproperlyConfigured, match=r"^GOODWORD_X is "):
        read()


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "KNOWN", set())
    (tmp_path / "key").write_text("sesame\n")
    monkeypatch.setenv("GOODWORD_X_FILE", str(tmp_path / "key"))
    assert environment.text("GOODWORD_X") == "sesame"
