"""Pages with geometry: cells of ruled or aligned tables → readings."""
