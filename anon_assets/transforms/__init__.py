"""Members of the transform family: one file per kind."""
