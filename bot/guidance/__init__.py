"""The guidance: what the fact base, the answers and the training data promise each other."""
