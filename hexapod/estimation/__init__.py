"""One estimate from everything that was measured: where the rings are bolted to the bone, and how sure that is."""
