"""Numbers of a round: mergeable tallies and design-based pass rates with intervals."""

from inspection.statistics.pass_rate import Dimension, PassRate

__all__ = ["Dimension", "PassRate"]
