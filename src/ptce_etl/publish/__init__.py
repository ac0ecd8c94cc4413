"""Publish: immutable snapshots, and the one atomic step that makes one the latest."""
