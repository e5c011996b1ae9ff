"""What people do: one verb a module, one database transaction an action; no HTML, no request, no clock."""
