"""Pages → forms: where each begins and ends, and why a page holds none."""
