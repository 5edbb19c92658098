"""Cells of a page → what each is: heading, label, value, head of a column. Knows no schema."""
