"""From a document to its lines and the statements about it."""
