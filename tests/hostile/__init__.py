"""Input made to do harm, and what becomes of it. Everything is generated; nothing of it lies in the repository."""
