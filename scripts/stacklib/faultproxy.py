"""A proxy in front of a real S3 server that fails as S3 and networks do, by rules (see rules.py), and logs requests.

Of the proxies that exist, haproxy cannot cut a connection in the middle of a body, microburst changes the Host that is
signed and matches no multipart operation, toxiproxy sees no requests, and none loses a reply after the work was done.

Its control address answers:
    POST   /rules                                     adds {"rules": [...]}
    POST   /rules?fault=NAME[&operation=OP][&key=RE]  adds the rules of Tests/faults/NAME.json, for these requests only
    GET    /requests[?key=RE]                         {"counts", "peak" (by operation), "faults" (by rule), "requests"}
    DELETE /rules, DELETE /requests                   forgets them
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import socket
import struct
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from .http1 import Body, Head, read_head
from .operations import S3Request, identify
from .requestlog import Entry, State
from .rules import Rule, RuleError, choose

FAULTS = Path(__file__).parents[2] / "Tests" / "faults"
SMALL_BODY = 1 << 20
STREAM_LIMIT = 512 << 10


def error_body(code: str, message: str, resource: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        f"<Resource>{escape(resource)}</Resource><RequestId>FAULTPROXY0000001</RequestId>"
        "<HostId>fault-proxy</HostId></Error>"
    ).encode()


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST, as a middlebox or a dying host does."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Hangup(Exception):
    """The client's connection is over: the fault took it, or the client did."""


class Connection:
    """One client connection and the server connection behind it."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.reader = reader
        self.writer = writer
        self.server: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def serve(self) -> None:
        try:
            while head := await read_head(self.reader):
                method, target, _ = head.start.split(" ")
                request = identify(method, target, {name.lower() for name, _ in head.headers})
                entry = self.proxy.state.begin(request, method, head)
                try:
                    await self.exchange(head, method, request, entry)
                finally:
                    entry.ended = time.monotonic()
                if not head.keeps_alive:
                    break
        except (Hangup, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.close_server()
            self.writer.close()

    def close_server(self) -> None:
        if self.server:
            self.server[1].transport.abort()
            self.server = None

    async def exchange(self, head: Head, method: str, request: S3Request, entry: Entry) -> None:
        delay, rule = choose(self.proxy.state.rules, request, method)
        entry.fault = rule.name if rule else None
        if delay:
            await asyncio.sleep(delay)
            if self.reader.at_eof():
                raise Hangup
        action = rule.action if rule else None
        if action == "cut" and rule.argument == "before":
            reset(self.writer)
            raise Hangup
        if action == "reply" and not rule.argument.get("forward"):
            if not head.get("expect"):
                await Body.of_request(head, self.reader).drained()
            await self.send_error(rule.argument, method, entry)
            if head.get("expect"):  # Its body was neither asked for nor will it be read.
                raise Hangup
            return
        reply, body = await self.forward(head, method)
        entry.status = int(reply.start.split(" ")[1])
        if action == "cut" and rule.argument == "lost":
            await body.drained()
            reset(self.writer)
            raise Hangup
        if action == "reply":
            await body.drained()
            await self.send_error(rule.argument, method, entry)
        elif action == "etag":
            await self.send_with_etag(reply, body, rule.argument, has_body=method != "HEAD")
        else:
            await self.send(reply, body, action, rule.argument if rule else None)
        if not reply.keeps_alive or (body.length is None and not body.chunked):
            raise Hangup

    async def forward(self, head: Head, method: str) -> tuple[Head, Body]:
        """Sends the request on, and reads the head of the reply while its body is still being sent."""
        if self.server is None or self.server[0].at_eof():
            self.close_server()
            self.server = await asyncio.open_connection(*self.proxy.upstream, limit=STREAM_LIMIT)
        reader, writer = self.server
        writer.write(head.encoded())
        sending = asyncio.create_task(self.send_request_body(Body.of_request(head, self.reader), writer))
        receiving = asyncio.create_task(self.final_head(reader))
        try:
            await asyncio.wait([sending, receiving], return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and sending.exception():
                raise Hangup
            reply = await receiving
            if not sending.done():  # A refusal before the whole body was read: the connection cannot go on.
                reply.set("Connection", "close")
            return reply, Body.of_response(reply, method, reader)
        finally:
            sending.cancel()
            receiving.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)

    async def final_head(self, reader: asyncio.StreamReader) -> Head:
        """The head of the server's final reply; 100 Continue is passed on."""
        while reply := await read_head(reader):
            if reply.start.split(" ")[1] != "100":
                return reply
            self.writer.write(reply.encoded())
        raise Hangup

    @staticmethod
    async def send_request_body(body: Body, writer: asyncio.StreamWriter) -> None:
        async for piece in body.pieces():
            writer.write(body.framed(piece))
            await writer.drain()
        writer.write(body.end)

    async def send_error(self, reply: dict[str, object], method: str, entry: Entry) -> None:
        status = int(reply.get("status", 503))
        code = str(reply.get("code", "SlowDown"))
        body = error_body(code, str(reply.get("message", "Injected by the fault proxy.")), entry.target)
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        headers += [("x-amz-request-id", "FAULTPROXY0000001"), *reply.get("headers", {}).items()]
        entry.status = status
        self.writer.write(Head(f"HTTP/1.1 {status} Injected", headers).encoded())
        self.writer.write(b"" if method == "HEAD" else body)
        await self.writer.drain()

    async def send_with_etag(self, reply: Head, body: Body, etag: str, has_body: bool) -> None:
        if reply.get("etag"):
            reply.set("ETag", etag)
        if "xml" not in (reply.get("content-type") or "") or not has_body:
            return await self.send(reply, body, None, None)
        data = await body.collected(SMALL_BODY)
        data = re.sub(rb"<ETag>[^<]*</ETag>", b"<ETag>" + escape(etag).encode() + b"</ETag>", data)
        reply.headers = [item for item in reply.headers if item[0].lower() != "transfer-encoding"]
        reply.set("Content-Length", str(len(data)))
        self.writer.write(reply.encoded() + data)
        await self.writer.drain()

    async def send(self, reply: Head, body: Body, action: str | None, argument: object) -> None:
        """The server's reply, whole or as the fault leaves it."""
        self.writer.write(reply.encoded())
        limit = None
        if action == "cut":
            limit = argument["at"]
        elif action == "truncate":
            length = body.length if body.length is not None else SMALL_BODY
            limit = max(0, length - argument)
        sent = 0
        async for piece in self.paced(body, argument if action == "slow" else None):
            whole = limit is None or sent + len(piece) < limit
            sent += len(piece)
            self.writer.write(body.framed(piece if whole else piece[: limit - sent]))
            await self.writer.drain()
            if not whole:
                break
        if action == "cut":
            reset(self.writer)
            raise Hangup
        if action == "truncate":
            raise Hangup
        self.writer.write(body.end)
        if action == "oversize":
            self.writer.write(b"X" * argument)
            await self.writer.drain()
            raise Hangup
        await self.writer.drain()

    @staticmethod
    async def paced(body: Body, pace: dict[str, float] | None) -> AsyncIterator[bytes]:
        async for piece in body.pieces():
            step = int(pace["bytes"]) if pace else len(piece)
            for start in range(0, len(piece), step):
                if pace:
                    await asyncio.sleep(pace["every"])
                yield piece[start : start + step]


class Proxy:
    """The forwarding and the controlling listener."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname, parts.port)
        self.state = State()

    async def serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Connection(self, reader, writer).serve()

    async def serve_control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await read_head(reader):
                method, target, _ = head.start.split(" ")
                body = await Body.of_request(head, reader).collected(SMALL_BODY)
                try:
                    status, answer = "200 OK", self.control(method, target, body)
                except (RuleError, ValueError, KeyError, OSError, re.error) as error:
                    status, answer = "400 Bad Request", {"error": str(error)}
                data = json.dumps(answer).encode()
                headers = [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
                writer.write(Head(f"HTTP/1.1 {status}", headers).encoded() + data)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def control(self, method: str, target: str, body: bytes) -> dict[str, object]:
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        match (method, parts.path):
            case ("POST", "/rules"):
                rules = load_fault(query) if "fault" in query else json.loads(body)["rules"]
                self.state.rules += [Rule.parse(rule) for rule in rules]
            case ("GET", "/requests"):
                return self.state.summary(query.get("key"))
            case ("DELETE", "/rules"):
                self.state.rules.clear()
            case ("DELETE", "/requests"):
                self.state.log.clear()
            case _:
                raise ValueError(f"no such control: {method} {parts.path}")
        return {}


def load_fault(query: dict[str, str]) -> list[dict[str, object]]:
    name = query.pop("fault")
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ValueError(f"not the name of a fault: {name}")
    rules = json.loads((FAULTS / f"{name}.json").read_text())["rules"]
    return [{"name": name, **rule, **query} for rule in rules]


async def run(arguments: argparse.Namespace) -> None:
    proxy = Proxy(arguments.upstream)
    if arguments.rules:
        proxy.state.rules = [Rule.parse(rule) for rule in json.loads(Path(arguments.rules).read_text())["rules"]]
    listener = await asyncio.start_server(proxy.serve_client, "127.0.0.1", arguments.port, limit=STREAM_LIMIT)
    control = await asyncio.start_server(proxy.serve_control, "127.0.0.1", arguments.control_port)
    addresses = [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in (listener, control)]
    print(json.dumps({"proxy": addresses[0], "control": addresses[1]}), flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="fault-proxy", description="An S3 server that fails by rules.")
    parser.add_argument("--upstream", required=True, help="the real server, http://HOST:PORT")
    parser.add_argument("--port", type=int, default=0, help="where to listen; a free port by default")
    parser.add_argument("--control-port", type=int, default=0, help="where to be controlled; a free port by default")
    parser.add_argument("--rules", help="a file of rules to begin with")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
