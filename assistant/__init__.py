"""绩效助手: from a booklet of budget performance forms to an answer with its page."""

__version__ = "0.1.0"
