"""The clock: says what is due and runs it. Knows ``inspection`` and ``store``; only the command line imports it."""
