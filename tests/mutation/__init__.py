"""Whether the tests hold the numbers: one of them changed at a time (``make mutation``)."""
