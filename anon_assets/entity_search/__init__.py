"""Where entities stand in running text: one RE2 pass of each detector over a buffer of many rows, overlaps resolved."""
