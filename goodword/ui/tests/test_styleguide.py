"""The base page under the strict content policy, seen through the style guide."""

import json
import re

import pytest

from goodword.ui.tests.styleguide import page


@pytest.mark.parametrize("show", ["inbox", "parts"])
def test_no_page_part_needs_inline_style_or_script(show):
    html = page(show)
    assert re.findall(r"\s(?:style|on[a-z]+)=", html) == []
    assert "<style" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []


@pytest.mark.parametrize("show", ["inbox", "parts"])
def test_every_id_is_given_once(show):
    ids = re.findall(r'\sid="([^"]+)"', page(show))
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(
    ("theme", "said"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')]
)
def test_a_chosen_theme_is_set_on_the_page(theme, said):
    assert said in page("parts", theme=theme)


@pytest.mark.parametrize("theme", ["", "system", '"><script>'])
def test_any_other_theme_is_left_to_the_system(theme):
    assert "data-theme" not in page("parts", theme=theme)


def test_htmx_is_told_to_swap_forms_that_come_back_and_to_keep_no_history():
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page("parts"))[1])
    swapped = {rule["code"]: rule["swap"] for rule in config["responseHandling"]}
    assert swapped == {"204": False, "[23]..": True, "422": True, "[45]..": False}
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["historyCacheSize"] == 0


def test_every_request_of_htmx_carries_the_token():
    assert """hx-headers='{"X-CSRFToken": "token"}'""" in page("parts")
