"""The leaky bucket: what it shows, whom it refuses, and that nothing refused is done."""

from concurrent.futures import ThreadPoolExecutor

from tests.sandbox.conformance import Exchange
from tests.sandbox.conftest import Start
from tests.sandbox.person import Person

SLOW = ("--throttle", "--latency-ms", "400")


def burst(person: Person, size: int) -> list[Exchange]:
    """This many course creations at the same moment."""
    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(lambda n: person.ask("POST", "accounts/1/courses", {"course[name]": f"C{n}"}), range(size)))


def test_thirteenth_request_at_once_refused(start: Start) -> None:
    """Twelve requests in flight fit into the bucket, the thirteenth does not."""
    sandbox = start(*SLOW)
    answers = burst(Person(sandbox.url), 13)
    assert sorted(answer.status for answer in answers) == [200] * 12 + [403]


def test_refused_writes_are_not_done(start: Start) -> None:
    """Exactly the creations that were answered 200 exist."""
    sandbox = start(*SLOW)
    answers = burst(Person(sandbox.url), 20)
    assert len(sandbox.state()["courses"]) == sum(answer.status == 200 for answer in answers) < 20


def test_refusal_is_text_without_cost(start: Start) -> None:
    """A throttled answer is 403 in plain text, with what is left and without a cost or a Retry-After."""
    refusal = next(answer for answer in burst(Person(start(*SLOW).url), 16) if answer.status == 403)
    assert (refusal.text, refusal.header("Content-Type")) == ("403 Forbidden (Rate Limit Exceeded)\n", "text/plain; charset=utf-8")
    assert float(refusal.header("X-Rate-Limit-Remaining")) < 600
    assert not refusal.header("X-Request-Cost")
    assert not refusal.header("Retry-After")


def test_each_token_has_its_bucket(start: Start) -> None:
    """While one token's bucket is full another token is answered."""
    sandbox = start(*SLOW)
    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(burst, Person(sandbox.url), 16)
        mine = Person(sandbox.url, token="not-a-token").get("accounts/self")
        assert others.result()
    assert mine.status == 401
    assert float(mine.header("X-Rate-Limit-Remaining")) > 590


def test_serial_calls_are_never_throttled(start: Start) -> None:
    """One request after the other leaves the bucket as good as empty."""
    person = Person(start("--throttle").url)
    left = [float(person.get("accounts/self").header("X-Rate-Limit-Remaining")) for _ in range(50)]
    assert min(left) > 590


def test_requests_in_flight_are_borrowed(start: Start) -> None:
    """An answer shows 50 less for each other request that is still running."""
    left = [float(answer.header("X-Rate-Limit-Remaining")) for answer in burst(Person(start(*SLOW).url), 6)]
    assert min(left) < 500 < max(left)
