"""The shapes in which Canvas says no. There are eight, and a client meets them all."""

from typing import Any

from ilc_canvas.sandbox.http.responses import Answer

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="canvas-lms"'}
CRASH = (
    "500 Internal Server Error\nIf you are the administrator of this website, then please read this web application's log file "
    "and/or the web server's log file to find out what went wrong."
)
BACKWARDS = "End date cannot be before start date"
NOT_ALLOWED = "user not authorized to perform that action"
Flaw = tuple[str, str]  # type and message: Rails' own checks have a word for the type, Canvas's own repeat the message


class RefusedError(Exception):
    """A request that Canvas refuses, with the answer it gives."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer.body))
        self.answer = answer


def refused(status: int, body: Any, headers: dict[str, str] | None = None) -> RefusedError:
    return RefusedError(Answer(body, status=status, headers=dict(headers or {})))


def not_found() -> RefusedError:
    return refused(404, {"errors": [{"message": "The specified resource does not exist."}]})


def unauthenticated() -> RefusedError:
    body = {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}
    return refused(401, body, CHALLENGE)


def invalid_token() -> RefusedError:
    return refused(401, {"errors": [{"message": "Invalid access token."}]}, CHALLENGE)


def unauthorized(status: int) -> RefusedError:
    return refused(status, {"status": "unauthorized", "errors": [{"message": NOT_ALLOWED}]})


def message(status: int, text: str) -> RefusedError:
    return refused(status, {"message": text})


def error(status: int, text: str) -> RefusedError:
    return refused(status, {"error": text})


def parameter_missing(name: str) -> RefusedError:
    return refused(400, {"errors": [{"message": f"{name} is missing"}]})


def invalid(flaws: dict[str, list[Flaw]]) -> RefusedError:
    return refused(400, {"errors": as_errors(flaws)})


def as_errors(flaws: dict[str, list[Flaw]]) -> dict[str, list[dict[str, str]]]:
    """Each attribute's flaws as a model lists them."""
    return {key: [{"attribute": key, "type": kind, "message": text} for kind, text in found] for key, found in flaws.items()}


def own(text: str) -> Flaw:
    """A flaw found by Canvas's own check: the type is the message again."""
    return text, text


def clash(field: str, text: str) -> RefusedError:
    return refused(422, {"errors": [{"field": field, "message": text, "error_code": "taken"}]})


def odd_page() -> RefusedError:
    return refused(404, {"errors": [{"message": "An error occurred.", "error_code": "not_found"}]})


def occurred(status: int, code: str, report: int) -> RefusedError:
    body = {"errors": [{"message": "An error occurred.", "error_code": code}], "error_report_id": report}
    return refused(status, body)


def short_search() -> RefusedError:
    flaw = {"field": "search_term", "code": "invalid", "message": "2 or more characters is required"}
    return refused(400, {"errors": [flaw]})


def crash() -> RefusedError:
    """What comes when a request breaks before Canvas itself sees it: plain text, no throttle headers."""
    return RefusedError(Answer(None, status=500, text=CRASH, content_type="text/plain", metered=False))


def unknown_route(method: str) -> RefusedError:
    """Reading an unknown address is 404; writing there fails the forgery check first."""
    if method == "GET":
        return RefusedError(Answer(None, status=404, text="", content_type="application/json", metered=False))
    return RefusedError(Answer(None, status=422, text="", content_type="text/html", metered=False))
