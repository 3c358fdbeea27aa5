"""People's way in: a FastAPI application over the domain's ports. Knows ``inspection`` and ``store``."""
