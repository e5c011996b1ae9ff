"""Whether what is written makes sense together: one module a matter, each noting what is wrong; nothing is changed."""
