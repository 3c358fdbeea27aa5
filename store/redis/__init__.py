"""Redis: connections, the leased work queue, the frontier. Only ``store.stores``, the crawler and the scheduler use it."""
