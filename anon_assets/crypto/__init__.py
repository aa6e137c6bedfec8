"""Standard constructions over whole columns: bytes in, bytes out. No Arrow types, no policy."""
