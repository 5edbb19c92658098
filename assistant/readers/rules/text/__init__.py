"""Page text without geometry: labels, and what stands between them → readings."""
