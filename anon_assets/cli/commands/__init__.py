"""One file, one command; the file name is its name."""
