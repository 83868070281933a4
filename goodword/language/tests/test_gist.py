"""What a promise comes to in few words, and of which kind it is."""

import pytest

from goodword.language.gist import brief, kind_of


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("send the gift-card link , myself", "send the gift-card link"),
        ("email the contract , as promised", "email the contract"),
        ("pass it on to my colleague", "pass it on to my colleague"),
        ("send the ring, the box and the receipt", "send the ring, the box and the receipt"),
        ("myself", "myself"),
        ("", ""),
    ],
)
def test_what_hangs_on_the_end_is_cut_and_the_deed_stays(what, said):
    assert brief(what) == said


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("call you back", "call"),
        ("give you a ring", "call"),
        ("Sie zurückrufen", "call"),
        ("send you the quote", "send"),
        ("mail you the invoice", "send"),
        ("Ihnen den Gutschein schicken", "send"),
        ("look into it", ""),
        ("das prüfen", ""),
        ("polish the ring", ""),
        ("recall the order number", ""),
    ],
)
def test_a_call_and_something_sent_are_known_by_their_verbs(what, kind):
    assert kind_of(what) == kind
