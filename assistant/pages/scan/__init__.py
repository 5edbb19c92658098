"""A page image → words and ruling lines: recognition (OCR), lines, skew."""
