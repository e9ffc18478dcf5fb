"""Who hears of which event, when, and whether they heard it before: pure, with the time as a parameter."""
