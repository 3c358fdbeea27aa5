"""The series of pass rates as callers see it."""

from pydantic import BaseModel, Field

from inspection.bulletin.figures import SeriesPoint


class SeriesPointOut(BaseModel):
    """One period; null = not known. Shares in 0..1."""

    period: str = Field(examples=["2017Q1"])
    running: int | None
    sampled: int | None
    rate: float | None
    reported_rate: float | None = Field(description="Of the rounds that offices ran themselves")

    @classmethod
    def of(cls, point: SeriesPoint) -> "SeriesPointOut":
        """From the domain's value."""
        return cls(
            period=point.period,
            running=point.running,
            sampled=point.sampled,
            rate=point.rate,
            reported_rate=point.reported_rate,
        )
