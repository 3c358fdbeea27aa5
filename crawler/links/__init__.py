"""Link checks: what a reference leads to, decided by the same outcomes as pages."""
