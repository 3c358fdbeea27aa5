"""A worker in a world of other name servers: ``.test`` names are answered here, and one changes its mind.

    python changing_names.py FLAG worker ...

``rebound.test`` leads to 127.0.0.1 until the file FLAG is there, then to 127.0.0.2. Answers are never kept, so that
every request asks again.
"""

import socket
import sys
from pathlib import Path
from typing import Any

from cli.main import main
from crawler.fetch import resolver

FLAG = Path(sys.argv.pop(1))
KNOWN = {
    "both.test": ["127.0.0.2", "127.0.0.1"],
    "inside.test": ["127.0.0.2"],
    "mapped.test": ["::ffff:127.0.0.2"],
}
ask_system = socket.getaddrinfo


def getaddrinfo(host: Any, port: Any, family: int = 0, *args: Any, **kwargs: Any) -> Any:
    """Names of the test here, all others by the system."""
    if not isinstance(host, str) or not host.endswith(".test"):
        return ask_system(host, port, family, *args, **kwargs)
    found = [
        (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))
        for address in KNOWN.get(host, ["127.0.0.2" if FLAG.exists() else "127.0.0.1"])
    ]
    asked_for = [each for each in found if family in (socket.AF_UNSPEC, each[0])]
    if not asked_for:
        raise socket.gaierror(socket.EAI_NONAME, "no address of this family")
    return asked_for


socket.getaddrinfo = getaddrinfo
resolver._CACHE_SECONDS = 0.0
main()
