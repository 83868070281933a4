"""Questions and wishes: found, compared with a draft, and a pitch pointed out."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodword.language import words
from goodword.language.questions import Question, compare, find, pitch
from goodword.language.wording import pattern

HERE = Path(__file__).parent


def texts(*incoming: str) -> list[str]:
    return [each.text for each in find(incoming)]


def answered(incoming: str, draft: str) -> list[bool]:
    return [each.answered for each in compare(find([incoming]), draft)]


def rows(name: str) -> list[dict]:
    path = HERE / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def conversations(name: str) -> list[dict]:
    return rows(f"conversations_{name}")


def overlaps(question: Question, incoming: list[str], label: str) -> bool:
    message = incoming[question.message]
    at = message.find(label)
    return at >= 0 and question.start < at + len(label) and at < question.end


def measured(name: str) -> dict[str, float]:
    """The figures of docs/questions.md."""
    labels = found = hit = wrongly = open_labels = right = answered_labels = pitches = 0
    for row in conversations(name):
        questions = find(row["incoming"])
        compared = compare(questions, row["draft"])
        found, labels = found + len(questions), labels + len(row["questions"])
        left = list(compared)
        for label in row["questions"]:
            open_labels += not label["answered"]
            answered_labels += label["answered"]
            match = next(
                (x for x in left if overlaps(x.question, row["incoming"], label["text"])), None
            )
            if match is None:
                continue
            left.remove(match)
            hit += 1
            wrongly += match.answered and not label["answered"]
            right += match.answered and label["answered"]
        still_open = [each.question for each in compared if not each.answered]
        sold = pitch(row["draft"], still_open, asked=questions)
        pitches += bool(sold) == bool(row.get("pitch"))
    return {
        "precision": hit / found,
        "recall": hit / labels,
        "wrongly answered": wrongly / open_labels,
        "seen as answered": right / answered_labels,
        "pitch": pitches / len(conversations(name)),
    }


@pytest.mark.parametrize("name", ["developing", "blind", "later"])
def test_in_our_own_conversations_questions_are_found_and_hardly_ever_answered_wrongly(name):
    figures = measured(name)

    assert figures["precision"] >= 0.95
    assert figures["recall"] >= 0.97
    assert figures["wrongly answered"] <= 0.02
    assert figures["seen as answered"] >= 0.85
    assert figures["pitch"] >= 0.98


def test_there_are_a_hundred_and_twenty_conversations_in_two_languages():
    every = conversations("developing") + conversations("blind")

    assert len(every) == 120
    assert sum(each["language"] == "de" for each in every) == 50


@pytest.mark.parametrize(
    ("incoming", "found"),
    [
        ("I'd like to know whether it fits. Cheers", ["I'd like to know whether it fits."]),
        ("Just wondering if you're open on Sunday", ["Just wondering if you're open on Sunday"]),
        ("Bitte schicken Sie mir den Vertrag.", ["Bitte schicken Sie mir den Vertrag."]),
        ("Ich wüsste gern, ob er noch gilt.", ["Ich wüsste gern, ob er noch gilt."]),
        ("Mir fehlt noch der Schlüssel.", ["Mir fehlt noch der Schlüssel."]),
        ("I'm still waiting for the key.", ["I'm still waiting for the key."]),
        ("Is it red? And how big is it?", ["Is it red?", "How big is it?"]),
        ("hi do you have parking", ["hi do you have parking"]),
        ("Hope you can help: how do I cancel?", ["how do I cancel?"]),
        ("My order hasn't arrived", ["My order hasn't arrived"]),
        ("Do not call me again.", ["Do not call me again."]),
        ("Rechnung bitte an die neue Adresse!", ["Rechnung bitte an die neue Adresse!"]),
    ],
)
def test_questions_and_wishes_are_found_with_and_without_a_question_mark(incoming, found):
    assert texts(incoming) == found


@pytest.mark.parametrize(
    "incoming",
    [
        "How are you? Hope you are well.",
        "It came today. Great, right?",
        "Wie geht es Ihnen? Das Paket ist da.",
        "Please find the form attached. Please note our new address.",
        "Bitte entschuldigen Sie die späte Antwort.",
        "Are you kidding me? What kind of service is this?",
        "Let me know if you have any questions.",
        "Ich wollte nur Bescheid geben, dass alles geklappt hat.",
        "Jetzt sind es zehn. What a lovely shop!",
        "If you need anything else, please don't hesitate to call.",
        "> When does it come?\n\nThanks, it came.",
        "On Mon, 3 Nov 2025 at 10:00, Ana <ana@shop.example> wrote:\nWhen can I call you?",
        "Am 3.11.2025 um 10:00 schrieb Ana Berg <ana@shop.example>:\nWann kann ich anrufen?",
        "All fine now.\n-- \nJo Miller\nQuestions? Call us!",
        "All fine now.\n\nKind regards\nJo Miller\nNeed a new roof? We build it.",
        "Alles gut.\n\nViele Grüße\nJo Berg\nFragen? Rufen Sie uns an!",
        "",
        "???",
    ],
)
def test_pleasantries_quotations_and_signatures_are_no_questions(incoming):
    assert texts(incoming) == []


def test_what_is_asked_again_in_a_later_message_is_listed_once():
    again = texts("When does my order come?", "Hello?", "When does my order come? It's been weeks")

    assert again == ["When does my order come?"]


def test_a_question_that_settled_itself_is_listed_no_more():
    assert texts("Where is my key?", "Never mind, I found it. Is Tuesday fine for the visit?") == [
        "Is Tuesday fine for the visit?"
    ]
    assert texts("Wo ist mein Schlüssel?", "Hat sich erledigt, danke!") == []


def test_a_plea_without_a_matter_counts_only_when_there_is_nothing_else():
    assert texts("Can you help?") == ["Can you help?"]
    assert texts("Can you help? The lamp is broken. Can I return it?") == ["Can I return it?"]


def test_a_question_knows_its_place_in_its_message():
    messages = ["Hi.", "The lamp came. İs it — “dimmable”? Where’s\nthe manual?"]

    first, second = find(messages)

    assert messages[first.message][first.start : first.end].endswith("?")
    assert messages[second.message][second.start : second.end] == "Where’s\nthe manual?"
    assert second.text == "Where’s the manual?"


@pytest.mark.parametrize(
    ("incoming", "draft"),
    [
        ("When will the sofa be delivered?", "The sofa will be delivered on 3 May."),
        ("When will the sofa be delivered?", "I can't say yet when the sofa will be delivered."),
        ("How much is the sofa?", "The sofa costs 400 euros."),
        ("Where do I find the manual?", "The manual is at https://shop.example/manual."),
        ("Please send me the manual.", "The manual is attached."),
        ("Please send me the manual.", "I'll send you the manual tomorrow."),
        ("Is the sofa made of leather?", "Yes, it is."),
        ("Do you ship to Malta?", "Sorry, we don't ship to Malta."),
        ("Wann wird das Sofa geliefert?", "Das Sofa wird am 3. Mai geliefert."),
        ("Was kostet der Versand?", "Der Versand ist kostenlos."),
        ("Bitte senden Sie mir den Vertrag.", "Den Vertrag finden Sie im Anhang."),
        ("Haben Sie am Samstag geöffnet?", "Nein, am Samstag haben wir geschlossen."),
    ],
)
def test_an_answer_a_deed_and_a_refusal_serve_a_question(incoming, draft):
    assert answered(incoming, draft) == [True]


@pytest.mark.parametrize(
    ("incoming", "draft"),
    [
        ("When will the sofa be delivered?", "Thank you for your question about the sofa."),
        ("When will the sofa be delivered?", "I'll find out when the sofa will be delivered."),
        ("When will the sofa be delivered?", "The sofa costs 400 euros."),
        ("How much is the sofa?", "The sofa comes on Monday."),
        ("How much is the sofa?", "Have you seen our lamps? They cost 20 euros."),
        ("Is the sofa made of leather?", "Is the sofa made of leather, you ask?"),
        ("Please send me the invoice for May.", "The invoice for June is attached."),
        ("Please cancel my subscription.", "I've sent you news about your subscription."),
        ("Please send me the manual.", "I'm sorry that you miss the manual."),
        ("Wann wird das Sofa geliefert?", "Wir klären, wann das Sofa geliefert wird."),
        ("Was kostet der Versand?", "Danke für Ihre Frage zum Versand."),
        ("Kann ich das Sofa umtauschen?", "Unsere Sofas sind sehr beliebt."),
        ("When will the sofa be delivered?", "> When will the sofa be delivered on Monday?"),
        ("When will the sofa be delivered?", ""),
    ],
)
def test_echoes_regrets_other_matters_and_i_will_find_out_leave_it_open(incoming, draft):
    assert answered(incoming, draft) == [False]


def test_a_draft_that_speaks_of_the_matter_without_answering_is_hardly_ever_taken_for_an_answer():
    pairs = rows("near_misses")

    fooled = [each for each in pairs if any(answered(each["incoming"], each["draft"]))]

    assert len(pairs) >= 35
    assert len(fooled) <= 1


def test_the_sentence_that_answers_is_named():
    (only,) = compare(find(["When does it open?"]), "Hello!\nIt opens at 9. Bye.")

    assert only.by == "It opens at 9."


def test_a_pitch_beside_an_open_question_is_pointed_out():
    questions = find(["My lamp is broken. Can I have my money back?"])
    draft = "Hi! Have a look at our new lamps, 20 % off until Sunday."

    found = pitch(draft, questions)

    assert found is not None
    assert draft[found.start : found.end] == found.text
    assert found.text.startswith("Have a look")
    assert found.open_question == questions[0]


def test_no_pitch_when_nothing_is_open_or_when_the_offer_was_asked_for():
    draft = "Lamps are 20 % off until Sunday."

    assert pitch(draft, []) is None
    assert pitch(draft, find(["Do you have a discount on lamps?"])) is None


@given(st.lists(st.text(max_size=200), max_size=3), st.text(max_size=200))
def test_whatever_is_written_it_is_read_without_failing(incoming, draft):
    questions = find(incoming)

    assert len(compare(questions, draft)) == len(questions)
    for each in questions:
        assert 0 <= each.start < each.end <= len(incoming[each.message])


@pytest.mark.parametrize(
    "piece", ["please ", "and, ", ", ", "Is it? ", "i'd ", "würden sie ", "-- \n", "\n", "x"]
)
def test_a_hostile_text_of_200_kb_is_read_quickly(piece):
    text = piece * (200_000 // len(piece))
    questions = find(["When is it? How much is it? Please send me the key."])

    begun = time.process_time()
    find([text])
    compare(questions, text)
    pitch(text, questions)

    assert time.process_time() - begun < 5  # below one here; a runaway pattern takes minutes


def test_the_phrases_of_every_language_can_be_read_and_none_matches_everything():
    for tongue in words.tongues():
        data = words.read(tongue, "questions")
        lists = [each for each in data.values() if isinstance(each, list)]
        for group in ("kinds", "proofs", "answers"):
            lists += data[group].values()
        for phrase in [phrase for each in lists for phrase in each]:
            assert not pattern([phrase]).search("zzz"), phrase
