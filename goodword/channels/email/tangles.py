"""HTML of which a browser's rules make far more than was written.

A style that is left open is opened anew in each paragraph that follows, and every tag looks through
all that are open: a mail of 60 kB can ask for gigabytes of whoever reads it by these rules.
"""

from __future__ import annotations

import re
from collections import Counter

# The work grows with the square of the tags at worst: 0.7 s of CPU. Long threads have some 5,000.
_MOST_TAGS = 15_000
# Elements at worst; they take 150 MB and a second. Newsletters get as far as 10,000.
_MOST_OPENED_ANEW = 500_000
_STYLE = re.compile(
    r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
_PLAIN_TAG = re.compile(r"<\w+(?:\s+[\w-]+=(?:\"[^\"<>]*\"|'[^'<>]*'|[\w#%.-]+))*\s*>")
_ALIKE = 3  # of one style, with the same attributes, no more are opened anew


def is_tangled(html: str) -> bool:
    """Whether cleaning it could take seconds or hundreds of megabytes."""
    tags = html.count("<")
    return tags > _MOST_TAGS or tags * _styles_left_open(html) > _MOST_OPENED_ANEW


def _styles_left_open(html: str) -> int:
    """How many there are at most: whether one is closed again, only the whole reading would say."""
    plain: Counter[str] = Counter()
    strange = 0
    for match in _STYLE.finditer(html):
        tag = _PLAIN_TAG.match(html, match.start())
        if tag:
            plain[tag.group()] += 1
        else:
            strange += 1  # where it ends, and so what it is alike, isn't sure
    return strange + sum(min(count, _ALIKE) for count in plain.values())
