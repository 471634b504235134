"""Parts of pages: fields, banner, drawings, tables and the scene of the 3D preview."""
