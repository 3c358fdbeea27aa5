"""The lexicon engine: all terms of an edition in one pass over a text (Aho-Corasick)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec
from ahocorasick_rs import AhoCorasick, MatchKind

from inspection.standard import Lexicon, LexiconCategory

_CONTEXT = 20
_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])[ \t\u3000\u200b-\u200f\ufeff]+(?=[\u4e00-\u9fff])")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_WORD = re.compile(r"[a-z0-9]")


class TermHit(msgspec.Struct, frozen=True, kw_only=True):
    """A term found in a text. ``context`` is the (normalized) text around it, up to 20 characters each side."""

    term: str
    correct: str
    category: LexiconCategory
    context: str


def normalized(text: str) -> str:
    """Text as it is matched: one width and case, no invisible characters, no gaps between Chinese characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN_CHINESE.sub("", _INVISIBLE.sub("", folded))


class TermMatcher:
    """All lexicons of one edition; thousands of terms cost no more than one. Longest term first where they overlap."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        listed = (
            (normalized(term), correct, lexicon) for lexicon in lexicons for term, correct in lexicon.terms.items()
        )
        self._terms = [(term, correct, lexicon) for term, correct, lexicon in listed if term]
        self._excuses = {lexicon.id: [normalized(word) for word in lexicon.excused_by] for lexicon in lexicons}
        self._allowed = {lexicon.id: [normalized(phrase) for phrase in lexicon.allowed] for lexicon in lexicons}
        patterns = [term for term, _, _ in self._terms]
        self._automaton = AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest) if patterns else None

    def hits(self, text: str, categories: Iterable[LexiconCategory] | None = None) -> list[TermHit]:
        """Terms in the order in which they stand, of some categories or all; excused ones are left out."""
        if self._automaton is None or not text:
            return []
        wanted = None if categories is None else frozenset(categories)
        text = normalized(text)
        found = []
        for number, start, end in self._automaton.find_matches_as_indexes(text):
            term, correct, lexicon = self._terms[number]
            if (wanted is None or lexicon.category in wanted) and not self._is_harmless(text, start, end, lexicon):
                context = text[max(0, start - _CONTEXT) : end + _CONTEXT].replace("\n", " ")
                found.append(TermHit(term=term, correct=correct, category=lexicon.category, context=context))
        return found

    def _is_harmless(self, text: str, start: int, end: int, lexicon: Lexicon) -> bool:
        """Part of a longer Latin word, of an allowed phrase, or beside a word that excuses it."""
        if _is_inside_word(text, start, end):
            return True
        around = text[max(0, start - lexicon.excuse_distance) : end + lexicon.excuse_distance]
        if any(word in around for word in self._excuses[lexicon.id]):
            return True
        return any(_covers(text, phrase, start, end) for phrase in self._allowed[lexicon.id])


def _is_inside_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return bool(_WORD.match(text[start]) and before and _WORD.match(before)) or bool(
        _WORD.match(text[end - 1]) and after and _WORD.match(after)
    )


def _covers(text: str, phrase: str, start: int, end: int) -> bool:
    found = text.find(phrase, max(0, end - len(phrase)))
    return 0 <= found <= start and found + len(phrase) >= end
