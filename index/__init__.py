"""What is searched: entries, queries and the engines that answer them."""
