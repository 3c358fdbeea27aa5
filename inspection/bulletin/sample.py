"""What may be said of a sample."""

from inspection.bulletin.figures import BulletinFigures, GroupRow, SampleFigures
from inspection.statistics.estimate import SMALL_CELL


def is_small(sample: SampleFigures) -> bool:
    """Whether too few sites were decided for a statement on the others; never where all were inspected."""
    is_census = sample.share_of_running is not None and sample.share_of_running >= 1
    return sample.passed + sample.failed < SMALL_CELL and not is_census


def is_estimate(counts: SampleFigures | GroupRow) -> bool:
    """Whether the rate stands for more sites than were looked at, as the design of the sample weights them."""
    if counts.rate is None or counts.low is None or counts.high is None:
        return False
    return counts.low < counts.high


def is_weighted(counts: SampleFigures | GroupRow) -> bool:
    """Whether the rate is an estimate other than the share of the sampled sites that passed."""
    decided = counts.passed + counts.failed
    return counts.rate is not None and is_estimate(counts) and abs(counts.rate - counts.passed / decided) > 1e-9


def running_total(figures: BulletinFigures) -> int:
    """Running sites of all classes."""
    return sum(row.sites for row in figures.running)
