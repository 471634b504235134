"""Drawings of the clinician's report."""
