"""Studies: policies of treatment compared on simulated patients, on many cores or machines."""
