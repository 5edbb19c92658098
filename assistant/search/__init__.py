"""Passages of long texts, found by words and by vectors. The only package that knows Chroma."""
