"""HTML of which programs make far more than was written, or work at for far longer.

By a browser's rules a style that is left open is opened anew in each paragraph that follows, and
every tag looks through all that are open: a mail of 60 kB can ask for gigabytes. Of each tag its
attributes are compared with one another.
"""

from __future__ import annotations

import re
from collections import Counter

# The work grows with the square of the tags at worst: 0.7 s of CPU. Long threads have some 5,000.
_MOST_TAGS = 15_000
# Characters of tags at worst, with what each is kept in: at most 250 MB and a second. Long
# newsletters stay below a tenth.
_MOST_OPENED_ANEW = 20_000_000
_FOR_EACH = 25
_ALIKE = 3  # of one style, with the same attributes, no more are opened anew
_STYLE = re.compile(
    r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
_PLAIN_TAG = re.compile(r"<\w+(?:\s+[\w-]+=(?:\"[^\"<>]*\"|'[^'<>]*'|[\w#%.-]+))*\s*>")
# As browsers read it: a quotation mark opens a value only behind "=".
_ATTRIBUTE = r"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_ATTRIBUTES = re.compile(rf"(?:{_ATTRIBUTE})*+")
_CROWDED_TAG = re.compile(rf"<[a-z][^\s/>]*+(?:{_ATTRIBUTE}){{200}}", re.IGNORECASE)


def is_tangled(html: str) -> bool:
    """Whether to read it by a browser's rules could take seconds or hundreds of megabytes."""
    tags = html.count("<")
    return (
        tags > _MOST_TAGS
        or has_crowded_tag(html)
        or tags * _styles_left_open(html) > _MOST_OPENED_ANEW
    )


def has_crowded_tag(html: str) -> bool:
    """Whether a tag has hundreds of attributes. Nobody writes ten."""
    return _CROWDED_TAG.search(html) is not None


def _styles_left_open(html: str) -> int:
    """How large they are together at most: which are closed again only the whole reading says."""
    plain: Counter[str] = Counter()
    strange = 0
    for match in _STYLE.finditer(html):
        if tag := _PLAIN_TAG.match(html, match.start()):
            plain[tag.group()] += 1
        elif attributes := _ATTRIBUTES.match(html, match.end()):
            # Where it ends, and so what it is alike, isn't sure.
            strange += _FOR_EACH + attributes.end() - match.start()
    return strange + sum(
        (_FOR_EACH + len(tag)) * min(count, _ALIKE) for tag, count in plain.items()
    )
