"""What the three modules' panels share: it knows Qt and Slicer's application, the library knows neither."""
