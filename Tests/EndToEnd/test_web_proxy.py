"""A configured web proxy is used for S3, and passed by for hosts that NO_PROXY names."""

from __future__ import annotations

import http.client
import os
from urllib.parse import urlsplit

import pytest
from stacklib.doubles import Double, Handler


@pytest.fixture
def web_proxy():
    """A forward proxy that sends whatever it is asked for to the real server, and remembers what that was."""
    upstream = urlsplit(os.environ["S3HAUL_TEST_S3"]).netloc
    asked: list[str] = []

    class Forward(Handler):
        def forward(self) -> None:
            asked.append(self.path)
            target = urlsplit(self.path)._replace(scheme="", netloc="").geturl()
            server = http.client.HTTPConnection(upstream)
            server.request(self.command, target, self.body(), dict(self.headers))
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

    with Double(Forward) as proxy:
        yield proxy.url, asked


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
