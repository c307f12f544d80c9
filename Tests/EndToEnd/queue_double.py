"""SQS's SendMessageBatch, in this process: takes or refuses each entry as a script says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class QueueDouble:
    """Takes what `refusal` gives no code for; a code that SQS blames itself for begins with `Internal`."""

    def __init__(self, refusal) -> None:
        self.refusal = refusal
        self.bodies: list[str] = []
        self.requests: list[list[str]] = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                entries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["Entries"]
                answer: dict[str, list] = {"Successful": [], "Failed": []}
                for entry in entries:
                    body = entry["MessageBody"]
                    code = double.refusal(body, sum(body in request for request in double.requests) + 1)
                    if code:
                        is_ours = not code.startswith("Internal")
                        answer["Failed"].append({"Id": entry["Id"], "Code": code, "SenderFault": is_ours})
                    else:
                        double.bodies.append(body)
                        answer["Successful"].append({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "x"})
                double.requests.append([entry["MessageBody"] for entry in entries])
                reply = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
