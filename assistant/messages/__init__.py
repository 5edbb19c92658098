"""What people read, Chinese and English: texts of the screens, errors, doubts and findings.

A text is looked up by its code in the catalogue, the ``*.toml`` files here; nothing else holds
sentences. Errors and findings carry code and values, and are told when somebody reads them.
"""
