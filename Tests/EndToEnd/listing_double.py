"""An S3 of one bucket with many keys, whose pages are made when they are asked for; it takes uploads in parts."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

PAGE = 1_000


class ListingDouble:
    """`keys` gives the key of a number; `parts` has what was uploaded, and is put together in `object`."""

    def __init__(self, count: int, keys) -> None:
        double = self
        self.parts: dict[int, bytes] = {}
        self.object: bytes | None = None

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_) -> None: ...

            def answer(self, body: str = "", **headers: str) -> None:
                self.send_response(200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                start = int(query.get("continuation-token", ["0"])[0])
                end = min(start + PAGE, count)
                xml = "".join(
                    f"<Contents><Key>{quote(keys(n))}</Key><Size>1</Size><ETag>&quot;e&quot;</ETag></Contents>"
                    for n in range(start, end)
                )
                more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{end}</NextContinuationToken>"
                self.answer(
                    f"<ListBucketResult><EncodingType>url</EncodingType>{xml}{more if end < count else ''}"
                    "</ListBucketResult>"
                )

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if "uploads" in self.path:
                    reply = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
                    return self.answer(reply)
                double.object = b"".join(double.parts[n] for n in sorted(double.parts))
                reply = "<CompleteMultipartUploadResult><ETag>&quot;whole-2&quot;</ETag>"
                return self.answer(reply + "</CompleteMultipartUploadResult>")

            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                number = int(parse_qs(urlsplit(self.path).query)["partNumber"][0])
                double.parts[number] = body
                self.answer(ETag=f'"{number}"')

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
