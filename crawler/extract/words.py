"""Words that are looked for together, in one pass over a text however many they are."""

from ahocorasick_rs import BytesAhoCorasick


class Words:
    """Some words. Texts are given as UTF-8."""

    def __init__(self, *words: str) -> None:
        self._words = tuple(dict.fromkeys(words))
        self._finder = BytesAhoCorasick([word.encode() for word in self._words])

    def held_by(self, text: bytes) -> frozenset[str]:
        """Those that stand in the text."""
        found = self._finder.find_matches_as_indexes(text, overlapping=True)
        return frozenset([self._words[number] for number in {number for number, _, _ in found}])
