"""Special checks (专项检查): one topic, looked at beside the rounds; an office's own counts, imported from its file."""

from inspection.special.check import SpecialCheck

__all__ = ["SpecialCheck"]
