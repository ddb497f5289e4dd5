"""What a message says, and what is done about it: numbers in, a decision out."""
