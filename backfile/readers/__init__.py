"""One reader per format: bytes in, documents out, one at a time."""
