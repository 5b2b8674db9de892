"""Every reason why a person must review a plan, and whom it would reach."""
