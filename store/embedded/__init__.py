"""The embedded pair: SecantusDB for MongoDB and Valkey for Redis, as separate processes under ``var_dir``."""
