"""People's decisions on a record: replayed over it, checked before they are kept. Pure."""
