"""local.db and the captures beside it: what was measured, what happened, what is configured."""
