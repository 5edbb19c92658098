"""The reader by language model: it chooses among the fragments of the page."""
