"""Made-up customers and their words: as many different ones as a real desk has, from a seed."""

from __future__ import annotations

import random
from typing import NamedTuple

from goodword.core.text import fold

RARE = "quetzal"  # stands in RARE_TIMES messages, whatever the size of the desk
RARE_TIMES = 12
COMMON = "order"  # stands in most messages
PREFIX = "deliv"  # delivery, delivered, deliveries…
NOWHERE = "xylophonist"

_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"  # of core.ids
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_FOURS = [a + b for a in _PAIRS for b in _PAIRS]

_THINGS = (
    "watch bracelet gift card strap parcel invoice battery ring clasp voucher order delivery refund"
    " repair engraving necklace warranty return deposit catalogue chain crystal receipt appointment"
    " brooch earring pendant buckle dial movement glass crown case box ribbon letter account"
)
_SENTENCES = (
    "I ordered the {0} on {day} and have heard nothing since.",
    "Could you tell me when the {0} will be delivered?",
    "The {0} arrived today, but the {1} is missing.",
    "Thank you for looking into my {0} so quickly.",
    "My {0} stopped working after two weeks; is that covered by the {1}?",
    "Please send the {0} to my new address in {place}.",
    "We have found your order and the {0} leaves our workshop on {day}.",
    "I am sorry that the {0} kept you waiting.",
    "Is it possible to change the {0} for a {1} with a {odd} finish?",
    "The delivery of the {0} was promised for {day}.",
    "I would like my money back for the {0}, as agreed on the telephone.",
    "Our colleague from the {odd} department will call you on {day} about the {0}.",
    "Attached you find the {0} and the {1} for your records.",
    "How much would the {0} cost with a {odd} {1}?",
    "The deliveries to {place} take three days at present.",
    "Please let me know whether {day} suits you for the {0}.",
    "Your {0} has been repaired and is ready for collection in {place}.",
    "I have not received an answer about the {0} from {odd} yet.",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_SYLLABLES = (
    "al an ar ba be bel bor ca car cor da del den dor el en er fa fen gar gra ha hel in ja ka kel"
    " la len lor ma mel mi na nel no or pa per qui ra ren ro sa sel so ta tel tor ul va ven vi wa"
    " wen ya zel zo"
)


class Words(NamedTuple):
    """A text and the same folded for search."""

    text: str
    folded: str


class MadeUp:
    """The same seed says the same."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        dice = self.dice
        self._things, self._syllables = _THINGS.split(), _SYLLABLES.split()
        self._odd = sorted({self._word() for _ in range(30_000)})
        self.places = [self._word().title() for _ in range(400)]
        self._first = [self._word().title() for _ in range(600)]
        self._last = [self._word().title() for _ in range(4_000)]
        self._sentences = [self._sentence(dice.choice(_SENTENCES)) for _ in range(20_000)]
        self._references = dice.randrange(10**9)

    def _word(self) -> str:
        return "".join(self.dice.choices(self._syllables, k=self.dice.choice((2, 2, 3))))

    def _sentence(self, pattern: str) -> Words:
        dice = self.dice
        text = pattern.format(
            dice.choice(self._things),
            dice.choice(self._things),
            day=dice.choice(_DAYS),
            place=dice.choice(self.places),
            # Few words are common and most are hardly ever said.
            odd=self._odd[int(len(self._odd) * dice.random() ** 3)],
        )
        return Words(text, fold(text))

    def text(self, number: int) -> Words:
        """A message that names its order by number."""
        some = self.dice.choice((2, 3, 4, 4, 5, 7))
        first = self.dice.randrange(len(self._sentences) - some)
        parts = self._sentences[first : first + some]
        order = f"Order {100000 + number}."
        return Words(
            "\n".join(["Hello,", "", *(part.text for part in parts), "", order, "Kind regards"]),
            " ".join(
                ["hello", *(part.folded for part in parts), order[:-1].lower(), "kind regards"]
            ),
        )

    def subject(self) -> str:
        one, two = self.dice.choices(self._things, k=2)
        return f"{one.capitalize()} and {two}"

    def name(self) -> str:
        return f"{self.dice.choice(self._first)} {self.dice.choice(self._last)}"

    def public_id(self) -> str:
        drawn = self.dice.getrandbits(76)
        size = len(_FOURS)
        return (
            _FOURS[drawn % size]
            + _FOURS[drawn // size % size]
            + _FOURS[drawn // size**2 % size]
            + _FOURS[drawn // size**3 % size]
        )

    def reference(self, number: int) -> str:
        """One for each number, no two alike: a prime step round all there are."""
        size = len(_FOURS)
        at = (self._references + number * 179_424_673) % size**2
        return f"{_FOURS[at // size]}-{_FOURS[at % size]}".upper()
