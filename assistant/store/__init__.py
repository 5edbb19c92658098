"""What is kept: documents, pages, readings, records, facts, decisions, conversations, files. The
only package that knows SQLAlchemy.
"""
