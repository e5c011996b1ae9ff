"""The doctor, with everything it looks at made ill for real."""
