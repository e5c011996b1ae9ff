"""How fast tripkit is beside bare Flask, measured in one run on one machine; `python -m bench`."""
