"""The sample cases as the first screen shows them: a name, what each one teaches, and the status of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SampleLesson:
    """What a card says of a sample case."""

    name: str
    teaches: str
    status: Literal["ok", "caution", "refused"] = "ok"


# By the name of the file, in the order in which a newcomer may look at them.
SAMPLE_LESSONS = {
    "tibia_varus": SampleLesson("Tibia vara", "Lengthen, then correct; a nerve at risk sets the rate."),
    "femur_lengthening": SampleLesson("Femur, lengthening only", "40 mm in four steps a day."),
    "tibia_malrotation": SampleLesson("Tibia, malrotation", "Rotation only: open a little, then derotate."),
    "femur_valgus_distal_reference": SampleLesson("Femur in valgus", "Measured from the distal fragment."),
    "tibia_chronic": SampleLesson("Tibia, chronic mode", "Frame built to the deformity; it ends neutral."),
    "forearm_fine_struts": SampleLesson("Child's forearm", "Slow lengthening on quarter-millimetre struts."),
    "foot_ankle": SampleLesson("Ankle in equinus", "Joint without osteotomy; one warning.", "caution"),
    "foot_equinus": SampleLesson("Foot in equinus", "Indication joint: paced by angle and structures.", "caution"),
    "tibia_fracture": SampleLesson("Tibial shaft fracture", "Indication fracture: reduced in four days.", "caution"),
    "tibia_two_levels": SampleLesson("Tibia, two osteotomies", "Two hexapods on one middle ring."),
    "tibia_transport": SampleLesson("Bone transport", "60 mm defect, docking, strut change-outs."),
    "tibia_stacked_transport": SampleLesson("Transport, two hexapods", "Three rings; the lower one compensates."),
    "tibia_trifocal": SampleLesson("Trifocal transport", "Two segments meet at one docking site."),
    "refused_strut_travel": SampleLesson("Struts run out", "A plan that is refused, and why.", "refused"),
}
