"""Keeping and forgetting: what is due to go, who is meant, what a receipt says."""
