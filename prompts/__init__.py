"""Prompts of the language model, one file each; see :mod:`assistant.model.prompts`."""
