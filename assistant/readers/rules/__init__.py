"""The deterministic reader. What its two halves share stands here: labels, values, indicators."""
