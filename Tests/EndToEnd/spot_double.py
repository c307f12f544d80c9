"""The instance metadata service (IMDSv2) of a spot instance."""

from __future__ import annotations

import threading

from stacklib.doubles import Double, Handler


class InstanceMetadata(Double):
    """The instance is told that it ends when `notice` is set."""

    def __init__(self) -> None:
        self.notice = notice = threading.Event()

        class Metadata(Handler):
            def do_PUT(self) -> None:
                lifetime = {"X_aws_ec2_metadata_token_ttl_seconds": "21600"}
                self.answer(200, b"token", **lifetime) if self.path == "/latest/api/token" else self.answer(404)

            def do_GET(self) -> None:
                if self.headers.get("X-aws-ec2-metadata-token") != "token":
                    self.answer(401)
                elif self.path == "/latest/meta-data/spot/instance-action" and notice.is_set():
                    self.answer(200, b'{"action": "terminate", "time": "2030-01-01T00:00:00Z"}')
                else:
                    self.answer(404)

        super().__init__(Metadata)
