"""Pictures of a plan for paper: radiographs, charts and the frame in space, drawn as SVG without a browser."""
