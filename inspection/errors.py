"""Errors of the domain.

::

    XunchaError
    ├── NotFound           a named thing does not exist                -> HTTP 404, exit 1
    ├── Conflict           the thing exists in another state           -> HTTP 409, exit 1
    ├── RuleBroken         a rule of the domain forbids it             -> HTTP 422, exit 1
    │   └── InputRejected  a file or value from outside is unusable    -> HTTP 422, exit 1
    └── StoreUnavailable   MongoDB or Redis cannot be reached          -> HTTP 503, exit 2

A dead site, a bad certificate or a 500 of an inspected site is never an error here: it is a
:class:`inspection.observation.outcome.FetchOutcome`.
"""


class XunchaError(Exception):
    """Base of all errors that people are told about; ``str(error)`` is the whole message."""


class NotFound(XunchaError):
    """A named thing does not exist."""


class Conflict(XunchaError):
    """The thing exists, in a state that excludes what was asked."""


class RuleBroken(XunchaError):
    """A rule of the domain forbids what was asked."""


class InputRejected(RuleBroken):
    """A file or value from outside cannot be used; the message says where and how to mend it."""


class StoreUnavailable(XunchaError):
    """A store cannot be reached; the message says which, where and what to do."""
