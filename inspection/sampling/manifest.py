"""The public record of a round: with it and the registry, anybody can draw again."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from inspection.errors import InputRejected
from inspection.faults import in_chinese
from inspection.sampling.draw import Frame
from inspection.sampling.parse import parse_plan
from inspection.sampling.plan import SamplingPlan
from inspection.sampling.round import ForcedClosing, Round, SampleMember, StratumSize


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Plan, seed, digests, frame and sample of one round; holds no personal data.

    ``forced``: how the round was closed although sites were left open; None where none was.
    """

    round_id: str
    title: str
    as_of: date
    drawn_at: datetime
    drill: bool
    plan: str
    seed: str
    registry_digest: str
    sample_digest: str
    strata: tuple[StratumSize, ...]
    members: tuple[SampleMember, ...]
    frame: Frame
    office: str = ""
    scope: str = ""
    forced: ForcedClosing | None = None

    def sampling_plan(self) -> SamplingPlan:
        """The plan, read, for the scope of the office that owns the round."""
        return parse_plan(self.plan, origin=f"轮次 {self.round_id} 的抽样方案").within(self.scope)


def manifest_of(round_: Round, members: Iterable[SampleMember], frame: Iterable[tuple[str, str]]) -> Manifest:
    """The record of a stored round."""
    return Manifest(
        round_id=round_.id,
        title=round_.title,
        as_of=round_.as_of,
        drawn_at=round_.drawn_at,
        drill=round_.drill,
        plan=round_.plan,
        seed=round_.seed,
        registry_digest=round_.registry_digest,
        sample_digest=round_.sample_digest,
        strata=round_.strata,
        members=tuple(sorted(members, key=lambda member: member.code)),
        frame=tuple(sorted(frame)),
        office=round_.office,
        scope=round_.scope,
        forced=round_.forced,
    )


def read_manifest(data: bytes) -> Manifest:
    """The record in a JSON file; :class:`InputRejected` says what is wrong with it."""
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise InputRejected(
            f"抽样记录文件无法读取：{in_chinese(error)}。请使用 xuncha round export 导出的文件"
        ) from error


def write_manifest(manifest: Manifest) -> bytes:
    """The record as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
