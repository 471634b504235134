"""The one safety notice, used wherever the product speaks."""

NOTICE = (
    "Decision support for trained clinicians. Not a cleared medical device: not for clinical use without clearance. "
    "Check every plan against the patient, the radiographs and the frame."
)

# The product's own strut colours 1 to 6 (docs/hardware.md), always shown together with the number.
STRUT_COLOURS = {1: "red", 2: "orange", 3: "yellow", 4: "green", 5: "blue", 6: "violet"}
