"""Calendar events of the sandbox: of courses and sections, who may write them, and who is told."""
