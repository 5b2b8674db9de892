"""Reports to hand on: a page to print, a table for a spreadsheet."""
