"""A question → an answer with the pages it rests on, or an honest no."""
