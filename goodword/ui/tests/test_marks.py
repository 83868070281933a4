"""Icons, chips, initials and fields, as they come out of a template."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from goodword.ui import chips, drawings
from goodword.ui.templatetags import ui

NOW = datetime(2026, 5, 14, 8, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_greenwich():
    with timezone.override(UTC):
        yield


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context({"now": NOW} | context))


def test_an_icon_without_a_word_is_hidden_and_one_with_a_label_has_a_name():
    assert 'aria-hidden="true"' in render('{% icon "clock" %}')
    named = render('{% icon "clock" label=said %}', said="Due <soon>")
    assert 'role="img"' in named
    assert "<title>Due &lt;soon&gt;</title>" in named


@pytest.mark.parametrize(("size", "is_small"), [(13, True), (16, False), (20, False)])
def test_small_icons_are_drawn_with_a_thicker_line(size, is_small):
    drawn = ui.icon("clock", size=size)
    assert f'width="{size}"' in drawn
    assert ('stroke-width="2"' in drawn) is is_small


@pytest.mark.parametrize("name", ["no-such-icon", "../apps", ""])
def test_an_unknown_icon_is_an_error(name):
    with pytest.raises(drawings.UnknownIcon):
        ui.icon(name)


def test_every_icon_in_the_folder_can_be_drawn():
    names = [path.stem for path in drawings.FOLDER.glob("*.svg")]
    assert len(names) > 200
    assert all("<script" not in ui.icon(name) for name in names)


@pytest.mark.parametrize(
    ("state", "icon", "said"),
    [
        ("due", "clock", "<b>Due</b>"),
        ("soon", "hourglass", "<b>Due soon</b>"),
        ("late", "triangle-alert", "<b>Late</b>"),
        ("kept", "check", "<b>Kept</b>"),
        ("kept_late", "clock-check", "<b>Kept late</b>"),
        ("moved", "corner-up-right", "<b>Moved</b>"),
        ("broken", "x", "<b>Broken</b>"),
        ("released", "feather", "<b>Released</b>"),
    ],
)
def test_every_state_has_its_own_icon_and_word(state, icon, said):
    drawn = render("{% chip state=state time=now %}", state=state)
    assert drawings.drawing(icon) in drawn
    assert said in drawn
    assert f"chip-{state}" in drawn


def test_no_two_states_look_alike_in_words_or_icons():
    assert len({form.icon for form in chips.FORMS.values()}) == 8
    assert len({str(form.word) for form in chips.FORMS.values()}) == 8


def test_a_chip_shows_the_short_time_and_keeps_the_full_one_in_its_tooltip():
    drawn = render('{% chip state="late" time=now title="said by Ida" %}')
    assert '<time datetime="2026-05-14T08:42:00+00:00">08:42</time>' in drawn
    assert 'title="Thursday, 14 May 2026, 08:42 UTC · said by Ida"' in drawn


def test_a_moved_promise_says_to_when_and_own_words_replace_ours():
    assert ">to 08:42</time>" in render('{% chip state="moved" time=now %}')
    own = render('{% chip state="due" time=now when="tomorrow, 17:00" label="Due by" large=True %}')
    assert "<b>Due by</b>" in own
    assert ">tomorrow, 17:00</time>" in own
    assert "chip-large" in own


def test_an_unknown_state_is_an_error():
    with pytest.raises(KeyError):
        render('{% chip state="perhaps" %}')


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Grace Whitlow", "GW"),
        ("Grace Mary Whitlow", "GW"),
        ("ida", "I"),
        ("Anna-Lena Müller", "AM"),
        ("  ", "?"),
        ("(Shop) Öz", "Ö"),
        ("", "?"),
    ],
)
def test_initials_come_from_the_first_and_the_last_name(name, short):
    assert ui.initials(name) == short


def test_only_a_reading_colleague_is_said_aloud():
    assert 'aria-hidden="true"' in ui.avatar("Ida Berg")
    assert 'aria-label="Ida Berg is reading this"' in ui.avatar("Ida Berg", reading=True)


def test_a_time_that_ticks_carries_what_the_browser_needs():
    drawn = render("{% due_in due %}", due=datetime(2026, 5, 14, 9, 30, tzinfo=UTC))
    assert ">in 48 min</time>" in drawn
    assert 'data-ahead="in %(span)s"' in render("{% ticking_words %}")
    assert render("{% due_in due %}", due=None) == ""


class Order(forms.Form):
    name = forms.CharField(help_text="As on the letter.")
    note = forms.CharField(required=False)
    gift = forms.BooleanField(required=False)
    size = forms.ChoiceField(choices=[("s", "Small")], widget=forms.RadioSelect)


def test_a_field_ties_hint_and_errors_to_its_control():
    drawn = render("{% field form.name %}", form=Order({}))
    assert 'aria-describedby="id_name_hint id_name_errors"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_name_errors"' in drawn
    assert drawn.count('id="id_name"') == 1


def test_only_optional_fields_are_marked_and_boxes_sit_beside_their_words():
    assert "optional" in render("{% field form.note %}", form=Order())
    box = render("{% field form.gift %}", form=Order())
    assert "optional" not in box
    assert 'class="box"' in box
    assert "<legend" in render("{% field form.size %}", form=Order())
