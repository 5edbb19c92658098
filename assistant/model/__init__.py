"""Talking to a language model: client, embedded server, weights, prompts, recordings, spending,
deadline. The only package that knows openai and instructor.
"""
