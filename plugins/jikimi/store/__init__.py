"""All SQL on the fraud database: one module per noun, one verb per function, statements in `jikimi/sql`."""
