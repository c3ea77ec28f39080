"""How well dates, bylines, addresses, languages and copies are read, on any file of labelled statements."""
