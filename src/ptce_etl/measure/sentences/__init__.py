"""What a sentence about a figure says: its numbers, what each is there for, and what it leaves open. Pure functions."""
