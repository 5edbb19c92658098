"""The command ``jixiao``."""
