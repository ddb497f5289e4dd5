"""What a message means: folding, questions, yes and no, and what to do when unsure."""
