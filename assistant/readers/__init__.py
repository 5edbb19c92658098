"""The readers of a form, each a package of its own that knows no other reader; ``registry``
names them and their versions.
"""
