"""Bringing what Cybo wrote to where it has to be, exactly once."""
