"""Publish: immutable snapshots, and the one atomic step that makes one the latest.

``staging`` writes a candidate, ``snapshot`` audits and promotes it, ``store`` holds the layout and the atomic step,
``verify`` reads a snapshot back, ``changes`` says what moved, ``decisions_store`` writes what ids were given, ``api``
is what notebooks call. Every byte goes to disk through ``files``.
"""
