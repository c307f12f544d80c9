"""Lambda, as much of it as an installation asks about limits: moto has none of it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LambdaLimits:
    """An account's concurrent executions, and what its functions have reserved of them."""

    def __init__(self, total: int = 1000, reserved: dict[str, int] | None = None) -> None:
        self.total = total
        self.reserved = reserved or {}
        handler = type("Handler", (_Handler,), {"limits": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str) -> tuple[int, dict]:
        if "account-settings" in path:
            left = self.total - sum(self.reserved.values())
            limit = {"ConcurrentExecutions": self.total, "UnreservedConcurrentExecutions": left}
            return 200, {"AccountLimit": limit}
        function = path.split("/")[3]
        if function in self.reserved:
            return 200, {"ReservedConcurrentExecutions": self.reserved[function]}
        return 404, {"Type": "User", "Message": f"Function not found: {function}"}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    limits: LambdaLimits

    def do_GET(self) -> None:
        status, answer = self.limits.answer(self.path)
        self.send_response(status)
        if status == 404:
            self.send_header("x-amzn-ErrorType", "ResourceNotFoundException")
        body = json.dumps(answer).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
