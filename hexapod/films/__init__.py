"""Radiographs: from points placed on them to deformity, alignment and CORA, each with its standard deviation."""
