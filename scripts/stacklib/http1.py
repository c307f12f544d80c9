"""HTTP/1.1 messages over asyncio streams: heads, and bodies that are streamed without their framing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

PIECE = 256 << 10


@dataclass
class Head:
    """A start line and headers, in the order and spelling they came in."""

    start: str
    headers: list[tuple[str, str]]

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)

    def set(self, name: str, value: str) -> None:
        self.headers = [item for item in self.headers if item[0].lower() != name.lower()] + [(name, value)]

    @property
    def keeps_alive(self) -> bool:
        return (self.get("connection") or "").lower() != "close" and "HTTP/1.0" not in self.start

    def encoded(self) -> bytes:
        lines = [self.start] + [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next message's head; none where the connection ended before it."""
    try:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    start, *lines = text[:-4].split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Head(start, [(name, value.strip()) for name, _, value in pairs])


@dataclass
class Body:
    """A body to be read from a stream: so many bytes, chunked, or (length none) until the connection ends."""

    reader: asyncio.StreamReader
    length: int | None = 0
    chunked: bool = False
    trailers: bytes = b""

    @classmethod
    def of_request(cls, head: Head, reader: asyncio.StreamReader) -> Body:
        if (head.get("transfer-encoding") or "").lower() == "chunked":
            return cls(reader, length=None, chunked=True)
        return cls(reader, length=int(head.get("content-length") or 0))

    @classmethod
    def of_response(cls, head: Head, method: str, reader: asyncio.StreamReader) -> Body:
        status = head.start.split(" ")[1]
        if method == "HEAD" or status in ("204", "304"):
            return cls(reader)
        if (head.get("transfer-encoding") or "").lower() == "chunked":
            return cls(reader, length=None, chunked=True)
        length = head.get("content-length")
        return cls(reader, length=None if length is None else int(length))

    async def pieces(self) -> AsyncIterator[bytes]:
        if self.chunked:
            while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
                async for piece in self._counted(size):
                    yield piece
                await self.reader.readexactly(2)
            while (line := await self.reader.readuntil(b"\r\n")) != b"\r\n":
                self.trailers += line
        elif self.length is not None:
            async for piece in self._counted(self.length):
                yield piece
        else:
            while piece := await self.reader.read(PIECE):
                yield piece

    async def _counted(self, left: int) -> AsyncIterator[bytes]:
        while left:
            piece = await self.reader.read(min(left, PIECE))
            if not piece:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(piece)
            yield piece

    def framed(self, piece: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(piece), piece) if self.chunked else piece

    @property
    def end(self) -> bytes:
        return b"0\r\n" + self.trailers + b"\r\n" if self.chunked else b""

    async def collected(self, limit: int) -> bytes:
        data = b""
        async for piece in self.pieces():
            data += piece
            if len(data) > limit:
                raise ValueError(f"a body of more than {limit} bytes")
        return data

    async def drained(self) -> None:
        async for _ in self.pieces():
            pass
