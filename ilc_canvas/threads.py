"""A thread pool for calls that may hang."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def calls(width: int) -> Iterator[ThreadPoolExecutor]:
    """A pool that runs `width` calls at once. The end of the block waits for all of them, unless Ctrl-C or a timeout has interrupted it."""
    pool = ThreadPoolExecutor(width)
    waits = True
    try:
        yield pool
    except KeyboardInterrupt:
        waits = False
        raise
    finally:
        pool.shutdown(wait=waits, cancel_futures=not waits)
