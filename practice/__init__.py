"""The practice web: a simulated national web of government sites with planted faults and its ground truth.

Imports nothing of the rest of the project, so that its truth stays independent of the checks; only the command
line starts it. Everything follows from (seed, number of sites, as-of date): same input, same web. All names,
texts and pages are invented.
"""
