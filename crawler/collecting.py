"""Python's search for garbage, as programs want it that make thousands of facts and requests which go by themselves."""

import gc

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 would go through all of them again and again."""


def spare_collections() -> None:
    """Search seldom, and never what is loaded by now: it lives as long as the process."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
