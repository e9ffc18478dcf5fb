"""Everything the operator sees; the only room that knows Qt."""
