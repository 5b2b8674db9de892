"""Decisions about who continues: documents beside roster and calendar that no plan is made from."""
