"""Where a number comes from."""

from enum import StrEnum


class Source(StrEnum):
    """Where a number comes from; all but :attr:`FOUND` are shown to users as provisional (待核)."""

    FOUND = "found"
    DERIVED = "derived"
    RECALLED = "recalled"
    ENGINEERING = "engineering"

    @property
    def is_provisional(self) -> bool:
        """Whether users must see 待核 beside the number."""
        return self is not Source.FOUND

    @property
    def chinese(self) -> str:
        """The mark as users see it."""
        return {
            "found": "原文",
            "derived": "推算（待核）",
            "recalled": "待核",
            "engineering": "工程默认值（待核）",
        }[self.value]
