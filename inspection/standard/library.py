"""All editions at hand: the shipped ones, and the operator's own laid over them."""

from collections.abc import Mapping
from datetime import date
from importlib import resources
from typing import Any

from inspection.errors import InputRejected, NotFound
from inspection.standard.edition import Edition
from inspection.standard.parse import Checks, extended, parse_edition, read_toml

SHIPPED = ("2015", "2019")
"""Ids of the editions that come with the program."""

_SHARED = ("kpi.toml", "column-classes.toml", "lexicons.toml")


class EditionLibrary:
    """Editions by id, oldest first. ``own`` are the operator's files: text by file name; what does not end in
    ``.toml`` is no edition, but a list of terms that a lexicon may name.

    A file with ``extends`` states only what differs. One that has the id of a shipped edition takes its place;
    one with an id of its own stands beside it and is used where it is asked for by name.
    Raises :class:`InputRejected` for anything wrong in any file.
    """

    def __init__(self, checks: Checks, own: Mapping[str, str] | None = None) -> None:
        shipped = {id_: _shipped_tables(id_) for id_ in SHIPPED}
        editions = {id_: parse_edition(raw, origin=f"{id_}.toml", checks=checks) for id_, raw in shipped.items()}
        self.origins = {id_: f"{id_}.toml" for id_ in SHIPPED}
        """File of each edition, by id."""
        files = dict(own or {})
        for origin, text in files.items():
            if not origin.endswith(".toml"):
                continue
            edition = parse_edition(_own_tables(text, origin, shipped, files), origin=origin, checks=checks)
            if self.origins.get(edition.id) in files:
                raise InputRejected(
                    f"标准文件 {origin} 与 {self.origins[edition.id]} 的 id 同为 {edition.id!r}，请改其一"
                )
            editions[edition.id] = edition
            self.origins[edition.id] = origin
        self._editions = dict(sorted(editions.items(), key=lambda pair: (pair[1].valid_from, pair[0])))

    def all(self) -> tuple[Edition, ...]:
        """Every edition, oldest first."""
        return tuple(self._editions.values())

    def get(self, edition_id: str) -> Edition:
        """One edition; NotFound for an unknown id."""
        try:
            return self._editions[edition_id]
        except KeyError:
            raise NotFound(f"没有版本为 {edition_id!r} 的检查标准；可用：{'、'.join(self._editions)}") from None

    def in_force(self, day: date) -> Edition:
        """The edition that binds on ``day``: the newest of those whose id is not a variant's; NotFound if none."""
        for edition in reversed(self._editions.values()):
            is_variant = edition.extends not in ("", edition.id)
            if not is_variant and edition.valid_from <= day and (edition.valid_to is None or day <= edition.valid_to):
                return edition
        raise NotFound(f"{day} 没有生效的检查标准；请用 --edition 指定：{'、'.join(self._editions)}")


def _shipped_tables(edition_id: str) -> dict[str, Any]:
    """The edition's own file with the tables that the shipped editions share."""
    folder = resources.files("inspection.standard") / "editions"
    raw = read_toml((folder / f"{edition_id}.toml").read_text("utf-8"), f"{edition_id}.toml")
    for name in _SHARED:
        for key, tables in read_toml((folder / name).read_text("utf-8"), name).items():
            raw[key] = [*raw.get(key, []), *tables]
    return raw


def _own_tables(
    text: str, origin: str, shipped: Mapping[str, Mapping[str, Any]], files: Mapping[str, str]
) -> dict[str, Any]:
    raw = read_toml(text, origin)
    raw["lexicons"] = [_with_terms(lexicon, files) for lexicon in raw.get("lexicons", [])]
    base = raw.get("extends")
    if not base:
        return raw
    if base not in shipped:
        raise InputRejected(f"标准文件 {origin} 的 extends {base!r} 不是随程序提供的版本；可用：{'、'.join(shipped)}")
    return extended(shipped[base], raw, origin)


def _with_terms(lexicon: dict[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """The lexicon with the terms of its file; as it stands where there is no such file, which parsing reports."""
    name = lexicon.get("terms_file", "")
    if name not in files:
        return lexicon
    lines = (line.strip() for line in files[name].splitlines())
    pairs = (line.partition("\t")[::2] for line in lines if line and not line.startswith("#"))
    listed = {term.strip(): correct.strip() for term, correct in pairs}
    return {**lexicon, "terms": {**lexicon.get("terms", {}), **listed}, "terms_file": ""}
