"""What people look at: one function a page or list, a fixed number of queries, plain dataclasses; nothing is changed."""
