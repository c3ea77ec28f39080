"""backfile: a clean, searchable archive of news. The vocabulary, the readers, the store and the command line."""
