"""The one safety notice, used wherever the product speaks."""

from hexapod.report.translatable import translatable

NOTICE = translatable(
    "Decision support for trained clinicians. Not a cleared medical device: not for clinical use without clearance. "
    "Check every plan against the patient, the radiographs and the frame."
)

# The product's own strut colours 1 to 6 (docs/hardware.md), always shown together with the number.
STRUT_COLOURS = {
    1: translatable("red"),
    2: translatable("orange"),
    3: translatable("yellow"),
    4: translatable("green"),
    5: translatable("blue"),
    6: translatable("violet"),
}
