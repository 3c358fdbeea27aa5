"""Use cases, one verb each. They get their stores and clock as parameters (see :mod:`inspection.ports`)."""
