import json

from click.testing import CliRunner

from goodword.cli.promises import promises as command

ROW = {
    "text": "I'll send the link by Friday.",
    "sent_at": "2026-11-24T10:20+01:00",
    "tz": "Europe/Berlin",
    "side": "agent",
}


def detected(*lines):
    text = "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
    result = CliRunner().invoke(command, ["detect"], input=text)
    return result.exit_code, [json.loads(row) for row in result.stdout.splitlines()], result.stderr


def test_each_line_is_answered_by_a_line_with_the_promises_in_force():
    code, rows, _ = detected(ROW, ROW | {"text": "If you write, I'll answer."}, ROW | {"text": ""})

    assert code == 0
    assert rows == [
        {
            "commitments": [
                {
                    "who": "i",
                    "what": "send the link",
                    "due": "2026-11-27T17:00:00+01:00",
                    "due_text": "by Friday",
                    "not_before": None,
                }
            ]
        },
        {"commitments": []},
        {"commitments": []},
    ]


def test_the_customers_side_and_a_language_can_be_named():
    _, rows, _ = detected(
        ROW | {"text": "Ich rufe Sie morgen zurück.", "side": "customer", "language": "de"}
    )

    [each] = rows[0]["commitments"]
    assert (each["who"], each["due_text"]) == ("customer", "morgen")


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_read_still():
    wrong = [
        "no JSON",
        "[]",
        {"text": 1},
        {**ROW, "sent_at": "2026-11-24T10:20"},
        {**ROW, "sent_at": "tomorrow"},
        {**ROW, "tz": "Europe/Nowhere"},
        {**ROW, "tz": "../../etc/passwd"},
        {**ROW, "side": "robot"},
        {**ROW, "language": "xx"},
        {key: value for key, value in ROW.items() if key != "tz"},
    ]
    code, rows, errors = detected(*wrong, ROW)

    assert code == 1
    assert len(rows) == len(wrong) + 1
    assert all(row["commitments"] == [] and row["error"] for row in rows[:-1])
    assert len(rows[-1]["commitments"]) == 1 and "error" not in rows[-1]
    assert "line 4: sent_at has no offset" in errors
    assert "line 10: tz is missing" in errors
