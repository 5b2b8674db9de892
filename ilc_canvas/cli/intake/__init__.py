"""Commands about files before they are imported: rosters, and answers about continuing."""
