"""A configured web proxy is used for S3, and passed by for hosts that NO_PROXY names."""

from __future__ import annotations

import http.client
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def web_proxy():
    """A forward proxy that sends whatever it is asked for to the real server, and remembers what that was."""
    upstream = urlsplit(os.environ["S3HAUL_TEST_S3"]).netloc
    asked: list[str] = []

    class Forward(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            asked.append(self.path)
            target = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server = http.client.HTTPConnection(upstream)
            server.request(self.command, target._replace(scheme="", netloc="").geturl(), body, dict(self.headers))
            reply = server.getresponse()
            content = reply.read()
            self.send_response(reply.status)
            for name, value in reply.getheaders():
                if name.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(name, value)
            if reply.getheader("Content-Length") is None:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = forward

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forward)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_requests_go_through_the_proxy(s3, s3haul, bucket, web_proxy):
    url, asked = web_proxy
    s3.put_object(Bucket=bucket, Key="k", Body=b"hello")
    environment = {"AWS_ENDPOINT_URL_S3": "http://store.example", "http_proxy": url}
    done = s3haul("copy", f"s3://{bucket}/k", f"s3://{bucket}/copy", **environment)
    assert done.returncode == 0, done.stderr
    assert asked and all(target.startswith(f"http://store.example/{bucket}/") for target in asked)
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"hello"


def test_no_proxy_passes_it_by(s3, s3haul, bucket, web_proxy):
    url, asked = web_proxy
    s3.put_object(Bucket=bucket, Key="k", Body=b"hello")
    done = s3haul("copy", f"s3://{bucket}/k", f"s3://{bucket}/copy", http_proxy=url, NO_PROXY="127.0.0.1")
    assert done.returncode == 0, done.stderr
    assert not asked
