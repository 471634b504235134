"""Where the library is kept: database, schema, transactions, audit chain."""
