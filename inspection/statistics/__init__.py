"""Numbers of a round: mergeable tallies and design-based pass rates with intervals.

The package root holds the stored result; the rest is imported from its module: ``tally``, ``estimate``,
``hypergeometric``, ``groups``.
"""

from inspection.statistics.pass_rate import Dimension, PassRate

__all__ = ["Dimension", "PassRate"]
