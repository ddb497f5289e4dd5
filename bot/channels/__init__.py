"""HTTP in and out: the REST webhook, health, metrics and the demo page."""
