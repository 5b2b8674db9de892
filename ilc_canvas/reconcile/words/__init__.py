"""Words about values: counts, lists, next steps as codes, and texts of others made safe to show."""
