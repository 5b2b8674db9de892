"""Threads for calls that may hang."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def calls(width: int) -> Iterator[ThreadPoolExecutor]:
    """So many calls at once. At the end of the block all are waited for; not where Ctrl-C, or a time that is up, has broken it off."""
    pool = ThreadPoolExecutor(width)
    waits = True
    try:
        yield pool
    except KeyboardInterrupt:
        waits = False
        raise
    finally:
        pool.shutdown(wait=waits, cancel_futures=not waits)
