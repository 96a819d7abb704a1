"""Files become a Plan: documents, schema, units, scenario overlays, provenance."""
