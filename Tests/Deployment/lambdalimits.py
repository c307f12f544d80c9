"""Lambda, as much of it as an installation asks about limits: moto has none of it."""

from __future__ import annotations

import json

from stacklib.doubles import Double, Handler


class LambdaLimits(Double):
    """An account's concurrent executions, and what its functions have reserved of them."""

    def __init__(self, total: int = 1000, reserved: dict[str, int] | None = None) -> None:
        self.total = total
        self.reserved = reserved or {}
        super().__init__(type("Limits", (_Limits,), {"limits": self}))

    def answer_to(self, path: str) -> tuple[int, dict]:
        if "account-settings" in path:
            left = self.total - sum(self.reserved.values())
            limit = {"ConcurrentExecutions": self.total, "UnreservedConcurrentExecutions": left}
            return 200, {"AccountLimit": limit}
        function = path.split("/")[3]
        if function in self.reserved:
            return 200, {"ReservedConcurrentExecutions": self.reserved[function]}
        return 404, {"Type": "User", "Message": f"Function not found: {function}"}


class _Limits(Handler):
    limits: LambdaLimits

    def do_GET(self) -> None:
        status, answer = self.limits.answer_to(self.path)
        error = {"x_amzn_ErrorType": "ResourceNotFoundException"} if status == 404 else {}
        self.answer(status, json.dumps(answer).encode(), **error)
