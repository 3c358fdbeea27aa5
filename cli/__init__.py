"""The ``xuncha`` command: wiring only. Nobody imports it."""
