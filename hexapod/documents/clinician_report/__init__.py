"""The parts of the clinician's report, each a list of blocks that the template sets."""
