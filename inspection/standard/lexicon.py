"""Lexicons: the terms that must not stand on a government website, as data of an edition."""

from enum import StrEnum

import msgspec

from inspection.standard.source import Source


class LexiconCategory(StrEnum):
    """What a term stands for."""

    WRONG_EXPRESSION = "wrong-expression"
    GAMBLING = "gambling"
    PORNOGRAPHY = "pornography"
    PHARMACY = "pharmacy"
    DEFACEMENT = "defacement"

    @property
    def chinese(self) -> str:
        """The category as findings name it."""
        return {
            "wrong-expression": "错误表述",
            "gambling": "涉赌",
            "pornography": "涉黄",
            "pharmacy": "违禁药品",
            "defacement": "篡改",
        }[self.value]


HARMFUL = frozenset({LexiconCategory.GAMBLING, LexiconCategory.PORNOGRAPHY, LexiconCategory.PHARMACY})
"""Categories that no page may publish or link to."""


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Terms of one category.

    ``terms`` maps a term to its correct form (empty where there is none); ``terms_file`` names a text file beside the
    edition with one term per line, a tab and the correct form behind it where there is one. ``allowed`` are longer
    phrases that contain a term and make it harmless; ``excused_by`` are words that do so when they stand within
    ``excuse_distance`` characters of it (news about a crackdown). Matching ignores case, width and spaces between
    Chinese characters.
    """

    id: str
    name: str
    category: LexiconCategory
    terms: dict[str, str] = {}
    terms_file: str = ""
    allowed: tuple[str, ...] = ()
    excused_by: tuple[str, ...] = ()
    excuse_distance: int = 20
    source: Source = Source.ENGINEERING
