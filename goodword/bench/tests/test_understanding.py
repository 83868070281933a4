import json

import pytest
from click.testing import CliRunner

from goodword.bench import understanding
from goodword.bench.understanding import command
from goodword.channels.email.tests.mails import mail

# As the labelled mails bring it along, but shorter.
JUDGE = """
WRAP = "From: c@customer.example\\r\\nContent-Type: text/%s; charset=utf-8\\r\\n\\r\\n"

def run_one(read, raw, limit):
    try:
        return read(raw), None, 0.0
    except Exception as error:
        return None, repr(error), 0.0

def check(corpus, expected, out, error, seconds):
    results = {"no_crash": error is None}
    if "subject" in expected:
        results["subject"] = bool(out) and out["subject"] == expected["subject"]
    if "expected_reply" in expected:
        results["reply_exact"] = bool(out) and out["reply_text"] == expected["expected_reply"]
    results["ALL"] = all(results.values())
    return results
"""


@pytest.fixture
def corpora(tmp_path):
    folder = tmp_path / "corpora"

    def labelled(corpus, path, raw, **expected):
        place = folder / "mail" / corpus
        place.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(raw)
        with (place / "expectations.jsonl").open("a") as rows:
            rows.write(json.dumps({"path": path, "split": "public", **expected}) + "\n")

    (folder / "mail").mkdir(parents=True)
    (folder / "mail" / "score.py").write_text(JUDGE)
    labelled("mime", "right.eml", mail(), subject="The parcel")
    labelled("mime", "wrong.eml", mail(), subject="Another")
    labelled("mime", "empty.eml", b"\r\n")
    labelled("mime", "open.eml", mail(), subject="Nobody knows", contested=True)
    text = "Grüße\n\nOn 4 May 2026, Ana <a@shop.example> wrote:\n> Hi".encode()
    labelled("replies", "one.txt", text, format="text", locale="de", expected_reply="Grüße")
    return folder


def measured(folder, *more):
    return CliRunner().invoke(command, ["--corpora", str(folder), *map(str, more)])


def test_rates_are_counted_by_measure_and_by_language(corpora):
    result = measured(corpora, "--json")
    numbers = json.loads(result.stdout)

    assert result.exit_code == 0
    assert numbers["mime"]["mails"] == 3
    assert numbers["mime"]["measures"]["subject"] == [1.0, 2]
    assert numbers["mime"]["crashes"] == []
    assert numbers["replies"]["reply_exact_by_locale"] == {"de": [1.0, 1]}
    assert "bounces" not in numbers


def test_what_was_misread_is_written_down(corpora, tmp_path):
    result = measured(corpora, "--failures", tmp_path / "failures.jsonl")
    (failure,) = map(json.loads, (tmp_path / "failures.jsonl").read_text().splitlines())

    assert "subject" in result.stdout
    assert "50.0 %  (1 of 2)" in result.stdout
    assert failure["expected"]["path"] == "wrong.eml"
    assert failure["failed"] == ["subject", "ALL"]
    assert failure["got"]["subject"] == "The parcel"


def test_given_a_mail_that_crashes_the_reading_it_is_named_and_the_end_is_not_well(
    corpora, monkeypatch
):
    def broken(raw, *, at):
        raise ZeroDivisionError

    monkeypatch.setattr(understanding, "tell", broken)
    result = measured(corpora)

    assert result.exit_code == 1
    assert "crashed: right.eml" in result.stdout


def test_given_a_folder_without_its_judge_it_says_what_is_missing(tmp_path):
    result = measured(tmp_path)

    assert result.exit_code == 2
    assert "score.py is missing" in result.output


JUDGE_OF_PROMISES = """
def score(found, rows, errors=0):
    keys = ("text", "sent_at", "tz", "side")
    right = [bool(found(*(r[key] for key in keys))) == r["promised"] for r in rows]
    missed = [("MISS", r["text"]) for r, each in zip(rows, right) if not each]
    figures = {"n": len(rows), "recall": sum(right) / len(rows), "conditional_false": "0/1"}
    return {"all": figures, "ms_per_sentence": 0.1}, missed[:errors]
"""


def test_labelled_sentences_beside_the_mails_are_counted_by_their_own_judge(corpora, tmp_path):
    folder = corpora / "promises"
    folder.mkdir()
    (folder / "score.py").write_text(JUDGE_OF_PROMISES)
    row = {"sent_at": "2026-11-24T10:20+01:00", "tz": "Europe/Berlin", "side": "agent"}
    rows = [
        row | {"text": "I'll call you.", "promised": True},
        row | {"text": "If you like, I'll call.", "promised": False},
        row | {"text": "See you.", "promised": True},
        row | {"text": "Thanks!", "promised": False},
    ]
    (folder / "public.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))

    told = measured(corpora, "--failures", tmp_path / "misread.jsonl").stdout
    numbers = json.loads(measured(corpora, "--json").stdout)["promises"]

    assert numbers["measures"]["all"]["recall"] == 0.75
    assert "promises: 4 sentences" in told and "75.0 %" in told
    assert "See you." in (tmp_path / "misread.jsonl").read_text()
