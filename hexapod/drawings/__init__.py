"""Pictures of a case and its plan for screen and paper, as SVG: radiograph views, charts, the frame in space."""
