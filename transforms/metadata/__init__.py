"""From what witnesses say to what the article's fields hold."""
