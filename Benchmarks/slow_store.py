"""A stand-in for S3 that moves no bytes and takes its time: what a copy's scheduling is measured against.

No real server here copies 8 GiB in parts without being the bottleneck itself. Every request takes 30 ms, an
UploadPartCopy a second more; with an argument N, every Nth UploadPartCopy that is a part's first is answered 503.
Prints its port, and on SIGTERM the requests it answered, by operation, as JSON.
"""

import asyncio
import hashlib
import json
import signal
import sys
from collections import Counter
from urllib.parse import parse_qs, urlsplit

PART_SIZE = 8 << 20
PARTS = 1_000
ETAG = '"0123456789abcdef0123456789abcdef"'


def result(name: str, content: str) -> str:
    return f'<{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{content}</{name}>'


class Store:
    def __init__(self, refuse_every: int):
        self.refuse_every = refuse_every
        self.counts: Counter = Counter()
        self.parts: set[int] = set()
        self.completed = False

    async def answer(self, method: str, target: str) -> tuple[int, dict, str]:
        await asyncio.sleep(0.03)
        url = urlsplit(target)
        query = parse_qs(url.query, keep_blank_values=True)
        if method == "PUT" and "partNumber" in query:
            return await self.upload_part_copy(int(query["partNumber"][0]))
        if method == "HEAD":
            return self.head_object(url.path)
        if method == "POST" and "uploads" in query:
            self.counts["CreateMultipartUpload"] += 1
            return (
                200,
                {},
                result("InitiateMultipartUploadResult", "<UploadId>1</UploadId>"),
            )
        if method == "POST" and "uploadId" in query:
            self.counts["CompleteMultipartUpload"] += 1
            self.completed = len(self.parts) == PARTS
            return 200, {}, result("CompleteMultipartUploadResult", f"<ETag>{self.multipart_etag()}</ETag>")
        if method == "GET" and "tagging" in query:
            self.counts["GetObjectTagging"] += 1
            return 200, {}, result("Tagging", "<TagSet/>")
        self.counts[f"{method} {url.query}"] += 1
        return 404, {}, "<Error><Code>NoSuchKey</Code></Error>"

    async def upload_part_copy(self, number: int) -> tuple[int, dict, str]:
        first = number not in self.parts
        self.counts["UploadPartCopy"] += 1
        if first and self.refuse_every and self.counts["UploadPartCopy"] % self.refuse_every == 0:
            self.counts["503"] += 1
            return 503, {}, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
        await asyncio.sleep(1)
        self.parts.add(number)
        return 200, {}, result("CopyPartResult", f"<ETag>{ETAG}</ETag>")

    def head_object(self, path: str) -> tuple[int, dict, str]:
        self.counts["HeadObject"] += 1
        if path.startswith("/target/") and not self.completed:
            return 404, {}, ""
        etag = self.multipart_etag() if path.startswith("/target/") else ETAG
        return (
            200,
            {"ETag": etag, "Content-Length": PARTS * PART_SIZE, "Last-Modified": "Sat, 21 Nov 2026 00:00:00 GMT"},
            "",
        )

    @staticmethod
    def multipart_etag() -> str:
        digest = hashlib.md5(bytes.fromhex(ETAG.strip('"')) * PARTS).hexdigest()
        return f'"{digest}-{PARTS}"'


async def serve(store: Store, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while line := await reader.readline():
            method, target, _ = line.decode().split()
            length = 0
            while (field := await reader.readline()) != b"\r\n":
                name, _, value = field.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            await reader.readexactly(length)
            status, headers, body = await store.answer(method, target)
            headers = {"Content-Length": len(body), "x-amz-request-id": "1", **headers}
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"HTTP/1.1 {status} Slow\r\n{head}\r\n{body}".encode())
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main() -> None:
    store = Store(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    server = await asyncio.start_server(lambda *pair: serve(store, *pair), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    print(json.dumps(store.counts), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
