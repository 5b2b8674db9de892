"""Intent-to-continue forms: each answer is read, matched with last year's roster, and judged; what is not clear waits for a person."""
