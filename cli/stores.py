"""``xuncha stores``: the embedded pair, migration and status."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.wiring import SystemClock, print_json
from inspection.errors import StoreUnavailable
from store.config import StoreConfig, masked
from store.embedded.processes import down as stop
from store.embedded.processes import running
from store.embedded.processes import up as start
from store.embedded.servers import mongo_address, redis_address
from store.mongo.migrate import applied_version
from store.mongo.migrate import migrate as migrate_database
from store.mongo.schema import VERSION
from store.redis.connection import ping as ping_redis
from store.stores import Stores, open_stores

app = typer.Typer(help="存储：启动、停止、查看、迁移", no_args_is_help=True, add_completion=False)


@app.command()
def up() -> None:
    """启动内置存储（已用环境变量指定服务器的除外），并迁移到当前结构。"""
    config = StoreConfig()
    for name, label, given in _servers(config):
        if given:
            typer.echo(f"{label}：使用 {given}")
        else:
            record = start(config, name)
            typer.echo(f"{label}：内置服务已就绪，端口 {record.port}，进程 {record.pid}")
    _migrate()


@app.command()
def down() -> None:
    """停止内置存储；数据保留。"""
    config = StoreConfig()
    for name, label, given in _servers(config):
        if given:
            typer.echo(f"{label}：由 {given} 提供，不作处理")
        else:
            typer.echo(f"{label}：{'已停止' if stop(config, name) else '没有在运行'}")


@app.command()
def migrate() -> None:
    """把数据库迁移到当前结构；可重复执行。"""
    _migrate()


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """查看两个存储的地址与状态；有一个连不上时退出码为 2。"""
    config = StoreConfig()
    with Stores(config) as stores:
        rows = [_mongo_status(stores, config), _redis_status(stores, config)]
    if as_json:
        print_json(rows)
    else:
        table = Table("存储", "地址", "进程", "状态", "版本")
        for row in rows:
            table.add_row(row["store"], row["address"], str(row["pid"] or "—"), row["state"], row["version"] or "—")
        Console().print(table)
    down_ = [row["store"] for row in rows if not row["reachable"]]
    if down_:
        raise StoreUnavailable(f"{'、'.join(down_)} 无法连接。请运行 xuncha stores up，或检查相应的环境变量")


def _servers(config: StoreConfig) -> list[tuple[str, str, str]]:
    """(name, label, configured address or empty) of both servers."""
    mongo = masked(mongo_address(config)) if config.mongo_uri is not None else ""
    redis = masked(redis_address(config)) if config.redis_url is not None else ""
    return [("mongo", "MongoDB", mongo), ("redis", "Redis", redis)]


def _migrate() -> None:
    with open_stores(migrated=False) as stores:
        new = migrate_database(stores.database, now=SystemClock().now())
    typer.echo(f"数据库结构：第 {VERSION} 版{'，已更新' if new else '，无需改动'}")


def _mongo_status(stores: Stores, config: StoreConfig) -> dict[str, Any]:
    row = _row(config, "mongo", "MongoDB", masked(mongo_address(config)))
    try:
        stores.ping_mongo()
        info = stores.mongo.server_info()
        return {
            **row,
            "reachable": True,
            "state": f"正常，结构第 {applied_version(stores.database)} 版",
            "version": info["version"],
        }
    except StoreUnavailable:
        return row


def _redis_status(stores: Stores, config: StoreConfig) -> dict[str, Any]:
    row = _row(config, "redis", "Redis", masked(redis_address(config)))
    try:
        ping_redis(stores.redis, config)
    except StoreUnavailable:
        return row
    info: Any = stores.redis.info("server")
    return {**row, "reachable": True, "state": "正常", "version": info.get("valkey_version") or info["redis_version"]}


def _row(config: StoreConfig, name: str, label: str, address: str) -> dict[str, Any]:
    record = running(config, name)
    pid = None if record is None else record.pid
    return {"store": label, "address": address, "pid": pid, "reachable": False, "state": "无法连接", "version": None}
