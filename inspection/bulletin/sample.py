"""What may be said of a sample."""

from inspection.bulletin.figures import BulletinFigures, SampleFigures
from inspection.statistics.estimate import SMALL_CELL


def is_small(sample: SampleFigures) -> bool:
    """Whether too few sites were decided for a statement on the others; never where all were inspected."""
    is_census = sample.share_of_running is not None and sample.share_of_running >= 1
    return sample.passed + sample.failed < SMALL_CELL and not is_census


def running_total(figures: BulletinFigures) -> int:
    """Running sites of all classes."""
    return sum(row.sites for row in figures.running)
