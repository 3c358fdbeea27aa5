"""The domain's ports over MongoDB 7 or newer. Only :mod:`store.stores` imports it."""
