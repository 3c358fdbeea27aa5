"""Routes by vertical; plain functions, which the framework runs in threads, as the stores block."""
