"""Which courses somebody wants opened."""
