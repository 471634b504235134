"""Pictures of a plan for paper: film views, charts and the frame in space, drawn as SVG without a browser."""
