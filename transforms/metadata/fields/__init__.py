"""What decides each field of an article: the witnesses of one field in, a value and who said it out."""
