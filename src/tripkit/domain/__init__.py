"""The rules: frozen values and functions, standard library only; no database, no request, no clock."""
