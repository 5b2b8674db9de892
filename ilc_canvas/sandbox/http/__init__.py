"""The HTTP side of the sandbox: requests, answers, pages, limits and ordered faults."""
