"""Who is who in the roster: decisions, forms, new ids, and finding somebody."""
