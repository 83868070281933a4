"""How words for customers read with their variables filled in, for the pages that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goodword.accounts.models import Teammate
from goodword.desk import variables


def shown(texts: Mapping[str, str], *, by: Teammate) -> dict[str, Any]:
    """For `_filled.html`: of those of `texts` (by language) that hold a variable."""
    holding = {code: text for code, text in texts.items() if "{{" in text}
    return {
        "previews": [(code, variables.as_example(text, by=by)) for code, text in holding.items()],
        "doubts": [words for text in holding.values() for words in variables.doubts(text)],
    }
