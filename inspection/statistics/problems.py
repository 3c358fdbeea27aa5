"""Types of problems as bulletins call them (主要问题), and at how many failing sites each was found.

A type is found by its indicators (a round of one's own) or by words in the text of a reported problem. The mapping is
data: ``problems.toml``.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources

import msgspec

from inspection.bulletin.figures import ProblemShare
from inspection.standard.source import Source

OTHER = "其他问题"
"""Under which a reported text is counted that names no known type."""


class ProblemType(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``indicators`` are ids of any edition; ``words`` are lists of words, one of which must all be in a text.

    None of the words of ``without`` may be: a text that has one is about a narrower type.
    """

    name: str
    indicators: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    source: Source

    def is_told_by(self, text: str) -> bool:
        """Whether a reported text is about this type."""
        if any(word in text for word in self.without):
            return False
        return any(all(word in text for word in together) for together in self.words)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    problems: tuple[ProblemType, ...]


@cache
def shipped_problems() -> tuple[ProblemType, ...]:
    """The types that come with the program, in the order in which bulletins list them."""
    text = resources.files("inspection.statistics").joinpath("problems.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).problems


def problems_of(text: str, types: Iterable[ProblemType]) -> set[str]:
    """Names of the types that a reported text is about; :data:`OTHER` where it says something else."""
    if not text.strip():
        return set()
    return {type_.name for type_ in types if type_.is_told_by(text)} or {OTHER}


def types_of(indicator: str, text: str, types: Iterable[ProblemType]) -> set[str]:
    """Names of the types of a problem: those its text is about, else those of its indicator, else :data:`OTHER`."""
    types = tuple(types)
    told = {type_.name for type_ in types if type_.is_told_by(text)}
    return told or {type_.name for type_ in types if indicator in type_.indicators} or {OTHER}


def reported_sites(texts: Mapping[str, Iterable[str]], types: Iterable[ProblemType]) -> dict[str, set[str]]:
    """Codes of sites by problem name, from the texts reported for each code."""
    types = tuple(types)
    sites: dict[str, set[str]] = {}
    for code, told in texts.items():
        for name in {name for text in told for name in problems_of(text, types)}:
            sites.setdefault(name, set()).add(code)
    return sites


def shares(sites: Mapping[str, Collection[str]], failing: Collection[str]) -> tuple[ProblemShare, ...]:
    """Each problem's share of the failing sites, the most frequent first; problems of no failing site are left out.

    ``sites`` are codes by problem name, of which only failing ones count. A site with several problems counts under
    each, so that the shares may add up to more than 1.
    """
    codes = set(failing)
    counts = {name: len(codes.intersection(found)) for name, found in sites.items()}
    ordered = sorted((pair for pair in counts.items() if pair[1]), key=lambda pair: -pair[1])
    return tuple(ProblemShare(name=name, sites=number, share=number / len(codes)) for name, number in ordered)
