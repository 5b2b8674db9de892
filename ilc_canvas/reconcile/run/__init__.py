"""What a run is asked to do, what it encounters, and how it ends."""
