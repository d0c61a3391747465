"""Several hosts in network namespaces over one PostgreSQL, and a line between them that is cut."""
