"""What a course holds: pages with their versions, discussions, modules and their items, and its menu."""
