"""A typed query → an answer."""
