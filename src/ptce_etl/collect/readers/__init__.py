"""Readers: the pages of a source → a table of texts. One module for each platform; none knows pandas or a network."""
