"""Live charts: samples reduced in numpy, drawn by pyqtgraph on one shared time axis."""
