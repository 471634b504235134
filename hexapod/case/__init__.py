"""The case: its model, its files, its JSON schema, and the sentences of refusals."""
