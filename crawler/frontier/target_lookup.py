"""Looks link targets up for the event loop: what other workers have checked, and what they are about to check."""

import time
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import count

import msgspec

from crawler.frontier.held_site import HeldSite
from crawler.frontier.link_targets import LinkTargets, decode_target
from crawler.spiders.tasks import Task, link_mark
from inspection.observation import LinkSeen
from store.redis.frontier_targets import Claim, RedisLinkTargets

_AT_ONCE = 1000
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_PATIENCE_S = 1800.0
"""Who is to check a target may have to wait for its host; after so long it is checked twice rather than late."""


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    """A target that this worker wants to know about, since when (monotonic, s)."""

    site: HeldSite
    task: Task
    since: float


class TargetLookup:
    """Between :class:`LinkTargets` (on the event loop, told by ``answer``) and Redis. Runs in the feeder's thread.

    A target that nobody has checked or claimed becomes ours; one that another worker has claimed is looked up again
    and again, after pauses as long as the wait so far, until there is a result, the claim is free or has lapsed, or
    patience ends. Urgent sites do not wait: who has the claim may be at rest.
    """

    def __init__(
        self,
        *,
        targets: LinkTargets,
        shared: RedisLinkTargets,
        lease_s: float,
        answer: Callable[[HeldSite, Task, LinkSeen | None], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._targets = targets
        self._shared = shared
        self._lease_s = lease_s
        self._answer = answer
        self._now = now
        self._waiting: list[tuple[float, int, _Question]] = []
        self._order = count()
        self._rounds: set[str] = set()

    def look(self, *, take_over: bool) -> int:
        """One exchange; returns how many targets were answered. ``StoreUnavailable`` if Redis cannot be reached.

        Claims that look lapsed are left alone without ``take_over``.
        """
        # In this order: the claim of what is asked anew was given up before, and must not be released after.
        by_round: dict[str, list[_Question]] = {}
        for question in self._due(self._new()):
            by_round.setdefault(question.site.key[0], []).append(question)
        answered = 0
        try:
            self._release()
            while by_round:
                round_id, questions = next(iter(by_round.items()))
                answers = self._look_up(round_id, questions, take_over=take_over)
                del by_round[round_id]
                answered += sum(map(self._is_answered, questions, answers))
        finally:
            for questions in by_round.values():
                self._wait(questions)
        return answered

    def give_all_back(self) -> None:
        """At the end, so that others need not wait for our claims to lapse."""
        for round_id in self._rounds:
            self._shared.leave(round_id)

    def _new(self) -> list[_Question]:
        questions, now = self._targets.questions, self._now()
        taken = [questions.popleft() for _ in range(min(len(questions), _AT_ONCE))]
        return [_Question(site=site, task=task, since=now) for site, task in taken]

    def _due(self, due: list[_Question]) -> list[_Question]:
        while self._waiting and self._waiting[0][0] <= self._now() and len(due) < _AT_ONCE:
            due.append(heappop(self._waiting)[2])
        return due

    def _release(self) -> None:
        released = self._targets.released
        while released:
            given_up = [released[place] for place in range(min(len(released), _AT_ONCE))]
            for round_id in {round_id for round_id, _ in given_up}:
                self._shared.release(round_id, [mark for other, mark in given_up if other == round_id])
            for _ in given_up:
                released.popleft()

    def _look_up(self, round_id: str, questions: Sequence[_Question], *, take_over: bool) -> list[LinkSeen | Claim]:
        """Results that may still be used, and whose the other targets are."""
        self._rounds.add(round_id)
        answers: list[LinkSeen | Claim] = [
            decode_target(answer) if isinstance(answer, bytes) else answer
            for answer in self._claim(round_id, questions, take_over=take_over, anew=False)
        ]
        stale = [
            place
            for place, answer in enumerate(answers)
            if isinstance(answer, LinkSeen) and not self._targets.is_fresh(answer)
        ]
        claims = self._claim(round_id, [questions[place] for place in stale], take_over=take_over, anew=True)
        for place, claim in zip(stale, claims, strict=True):
            assert isinstance(claim, Claim)
            answers[place] = claim
        return answers

    def _claim(
        self, round_id: str, questions: Sequence[_Question], *, take_over: bool, anew: bool
    ) -> list[bytes | Claim]:
        marks = [link_mark(question.task.url) for question in questions]
        return self._shared.claim(round_id, marks, lease_s=self._lease_s, take_over=take_over, anew=anew)

    def _is_answered(self, question: _Question, answer: LinkSeen | Claim) -> bool:
        """Answer a question, unless it is to wait for another worker."""
        if answer is Claim.THEIRS and self._may_wait(question):
            self._wait([question])
            return False
        self._answer(question.site, question.task, answer if isinstance(answer, LinkSeen) else None)
        return True

    def _may_wait(self, question: _Question) -> bool:
        return question.site.lease.order.priority <= 0 and self._now() - question.since < _PATIENCE_S

    def _wait(self, questions: Sequence[_Question]) -> None:
        now = self._now()
        for question in questions:
            pause_s = min(max(now - question.since, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            heappush(self._waiting, (now + pause_s, next(self._order), question))
