"""The documents tell the truth where a machine can see it."""

import re
from pathlib import Path

from goodword.core import environment
from goodword.desk.search.operators import ALIASES, CHOICES
from goodword.web.inbox import filters

ROOT = Path(__file__).parents[1]


def test_every_setting_has_its_row_and_every_row_its_setting():
    table = (ROOT / "docs/settings.md").read_text()
    named = set(re.findall(r"^\| `(GOODWORD_\w+)` \|", table, re.MULTILINE))
    assert named == {name for name in environment.KNOWN if name != "GOODWORD_X"}


def test_every_link_between_documents_leads_somewhere():
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} names {target}"


def test_every_operator_of_the_search_has_its_row_with_all_its_names_and_every_row_its_operator():
    text = (ROOT / "docs/inbox.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z]+:[a-z]*)` \| (.*) \| [^|]* \|$", text, re.MULTILINE))
    written = {code: re.findall(r"`([^`]+)`", names) for code, names in rows.items()}
    known = {f"{name}:": by_language for name, by_language in ALIASES.items()}
    for name, values in CHOICES.items():
        known |= {f"{name}:{value}": by_language for value, by_language in values.items()}

    assert written == {code: [each for by in names.values() for each in by]
                       for code, names in known.items()}  # fmt: skip
    assert {f"{name}:" for name in filters.MEANINGS} | {
        f"{name}:{value}" for name, value in filters.CHOICES
    } == set(known)
