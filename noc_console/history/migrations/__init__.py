"""The steps from each shape of local.db to the next."""
