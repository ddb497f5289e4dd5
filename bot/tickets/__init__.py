"""Migration requests and the tickets they become."""
