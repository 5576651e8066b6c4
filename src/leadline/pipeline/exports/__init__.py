"""Exports: every table as CSV, XLSX or Parquet, in batches, up to a million rows."""
