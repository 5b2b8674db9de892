"""The documents that staff sign: rosters and calendars, from the files to the signature."""
