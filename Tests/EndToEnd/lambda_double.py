"""A function behind Lambda's Invoke API, in this process: answers as a script says."""

from __future__ import annotations

import json
import threading
from urllib.parse import unquote_plus

from stacklib.doubles import Double, Handler


class LambdaDouble(Double):
    """Serves POST /2015-03-31/functions/NAME/invocations; `answer` gives a result code and text for a task."""

    def __init__(self, answer=lambda task, attempt: ("Succeeded", "done")) -> None:
        self.answer = answer
        self.events: list[dict] = []
        self.keys: list[str] = []
        lock = threading.Lock()
        double = self

        class Function(Handler):
            def do_POST(self) -> None:
                event = json.loads(self.body())
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
                self.answer(200, json.dumps(answer).encode())

        super().__init__(Function)
