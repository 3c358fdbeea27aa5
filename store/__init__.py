"""Stores behind the domain's ports: MongoDB, Redis, and plain memory. Knows only ``inspection``."""
