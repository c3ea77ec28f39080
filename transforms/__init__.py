"""From a document to a clean article: extract gives lines and witnesses, normalise reads them, RULES clean."""
