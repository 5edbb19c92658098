"""A file → pages of words and ruling lines, with their places; the only package that knows
PyMuPDF. ``document`` is the door; ``grid`` makes cells of ruling lines, ``grounding`` finds the
place of a quote.
"""
