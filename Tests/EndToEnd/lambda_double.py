"""A function behind Lambda's Invoke API, in this process: answers as a script says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus


class LambdaDouble:
    """Serves POST /2015-03-31/functions/NAME/invocations; `answer` gives a result code and text for a task."""

    def __init__(self, answer=lambda task, attempt: ("Succeeded", "done")) -> None:
        self.answer = answer
        self.events: list[dict] = []
        self.keys: list[str] = []
        lock = threading.Lock()
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                task = event["tasks"][0]
                with lock:
                    double.events.append(event)
                    double.keys.append(unquote_plus(task["s3Key"]))
                    attempt = sum(1 for e in double.events if e["tasks"][0]["taskId"] == task["taskId"])
                code, text = double.answer(task, attempt)
                answer = {
                    "invocationSchemaVersion": event["invocationSchemaVersion"],
                    "treatMissingKeysAs": "PermanentFailure",
                    "invocationId": event["invocationId"],
                    "results": [{"taskId": task["taskId"], "resultCode": code, "resultString": text}],
                }
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
