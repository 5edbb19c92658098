"""Records and answers → JSON and workbooks."""
