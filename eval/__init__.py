"""The evaluation harness: a folder of documents and labels in, scores out.

A dataset is a folder as ``samples/booklet``: documents (``*.pdf``, ``*.txt``),
``gold/pNN.json`` (the true content of each form), ``questions.jsonl`` and
``findings.json``. The words are those of evaluation: sample, target, score,
metric; what was not scored is not zero, and abstaining is an outcome.
"""
