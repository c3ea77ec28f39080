"""What becomes of an archive whose runs are killed, whose disk fails, and whose power goes."""
