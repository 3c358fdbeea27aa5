"""Who supervises: offices at every level, and what each is responsible for."""

from inspection.offices.office import Office, OfficeLevel

__all__ = ["Office", "OfficeLevel"]
