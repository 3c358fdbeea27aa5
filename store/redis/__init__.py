"""Redis: connections, the leased work queue, the frontier. For ``store.stores``, the crawler and the scheduler only."""
