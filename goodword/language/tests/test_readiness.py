from goodword.language import grammar
from goodword.language.readiness import make_ready


def test_what_languages_need_is_made_once_and_kept():
    make_ready()
    made = grammar.grammar.cache_info()
    make_ready()
    assert grammar.grammar.cache_info().misses == made.misses
    assert made.currsize >= 2
