"""Booklets of invented budget forms: drawn, labelled and varied by seed.

content → layout → typeset → PDF, page text and labels. The labels come from the content and
from where the typesetter put each cell, never from reading the PDF back.
"""
