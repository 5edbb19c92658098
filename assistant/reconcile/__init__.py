"""Readings → one record, and the laws of the form as a further witness. Pure."""
