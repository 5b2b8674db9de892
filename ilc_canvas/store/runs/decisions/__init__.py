"""What people decide about plans, about who is who, and about what was changed by hand."""
