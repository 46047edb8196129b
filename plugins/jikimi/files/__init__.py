"""Files of transactions: CSV or Parquet in three formats, read in chunks; a broken row costs nothing but itself."""
