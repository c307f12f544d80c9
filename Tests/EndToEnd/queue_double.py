"""SQS's SendMessageBatch, in this process: takes or refuses each entry as a script says."""

from __future__ import annotations

import json

from stacklib.doubles import Double, Handler


class QueueDouble(Double):
    """Takes what `refusal` gives no code for; a code that SQS blames itself for begins with `Internal`."""

    def __init__(self, refusal) -> None:
        self.refusal = refusal
        self.bodies: list[str] = []
        self.requests: list[list[str]] = []
        double = self

        class Queue(Handler):
            def do_POST(self) -> None:
                entries = json.loads(self.body())["Entries"]
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
                self.answer(200, json.dumps(answer).encode(), Content_Type="application/x-amz-json-1.0")

        super().__init__(Queue)
