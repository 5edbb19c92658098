"""A question → a typed query."""
