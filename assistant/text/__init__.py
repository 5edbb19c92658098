"""How text is compared, searched and counted, said once: folding, bigrams, sentences, amounts."""
