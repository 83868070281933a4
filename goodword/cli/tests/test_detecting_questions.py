import json

import pytest
from click.testing import CliRunner

from goodword.cli.questions import questions


def detected(*lines):
    given = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    return CliRunner().invoke(questions, ["detect"], input=given)


def test_each_line_gets_one_line_in_order_with_what_is_asked_and_what_answers_it():
    result = detected(
        {"incoming": "When does it come? And how much is it?", "draft": "It comes on Monday."},
        {"incoming": ["Thanks!"], "draft": ""},
        {"incoming": ["Hallo,", "bitte schicken Sie mir die Rechnung."], "draft": "Gerne!"},
    )

    assert result.exit_code == 0
    first, second, third = (json.loads(each)["questions"] for each in result.stdout.splitlines())
    assert first == [
        {"text": "When does it come?", "answered": True, "by": "It comes on Monday."},
        {"text": "How much is it?", "answered": False, "by": ""},
    ]
    assert second == []
    assert third == [{"text": "bitte schicken Sie mir die Rechnung.", "answered": False, "by": ""}]


def test_nothing_in_gives_nothing_out():
    result = detected()

    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "Line 2: Expecting property name"),
        ("", "Line 2: Expecting value"),
        ("[1]", 'Line 2: give a JSON object with "incoming" and "draft"'),
        ('{"draft": "x"}', 'Line 2: "incoming" must be a text or a list of texts'),
        ('{"incoming": [1], "draft": "x"}', 'Line 2: "incoming" must be a text or a list of texts'),
        ('{"incoming": "x", "draft": 3}', 'Line 2: "draft" must be a text'),
        ("[" * 100_000, "Line 2: "),
    ],
)
def test_a_line_that_cannot_be_read_is_named_after_those_before_it_were_answered(line, words):
    good = {"incoming": "Why?", "draft": ""}

    result = detected(good, line, good)

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert words in result.stderr


def test_bytes_that_are_no_text_are_named_too():
    result = CliRunner().invoke(questions, ["detect"], input=b"\xff\xfe\x00{\n")

    assert result.exit_code == 1
    assert "Line 1: " in result.stderr
