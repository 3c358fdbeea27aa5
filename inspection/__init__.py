"""The domain of government-website inspection: pure values and rules.

Imports nothing of the other packages and does no I/O; clocks, randomness and stores are passed in
(see :mod:`inspection.ports`). Everybody may import it.
"""
