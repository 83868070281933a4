"""The documents tell the truth where a machine can see it."""

import re
from pathlib import Path

from goodword.core import environment

ROOT = Path(__file__).parents[1]


def test_every_setting_has_its_row_and_every_row_its_setting():
    table = (ROOT / "docs/settings.md").read_text()
    named = set(re.findall(r"^\| `(GOODWORD_\w+)` \|", table, re.MULTILINE))
    assert named == {name for name in environment.KNOWN if name != "GOODWORD_X"}


def test_every_link_between_documents_leads_somewhere():
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} names {target}"
