"""The store's schema over time (alembic). ``HEAD`` is the newest revision: it stands here so
that opening an up-to-date store need not import alembic."""

HEAD = "0007"
