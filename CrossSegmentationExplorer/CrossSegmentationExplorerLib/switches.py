"""Which widgets and keys stand for which of the choices."""

# Widgets of the display: part of the choices ("" for none), field, property.
SWITCHES = {
    "columnsCheckBox": ("", "as_columns", "checked"),
    "fillCheckBox": ("style", "fill", "checked"),
    "fillSlider": ("style", "fill_opacity", "value"),
    "outlineSlider": ("style", "outline_opacity", "value"),
    "neighboursCheckBox": ("style", "neighbours", "checked"),
    "neighbourSlider": ("style", "neighbour_opacity", "value"),
    "distanceSpinBox": ("style", "neighbour_distance_mm", "value"),
    "colorComboBox": ("style", "color_by_model", "currentIndex"),
    "consensusComboBox": ("", "majority", "currentIndex"),
    "mapCheckBox": ("", "shows_map", "checked"),
    "crosshairCheckBox": ("", "shows_crosshair", "checked"),
    "wholeGroupCheckBox": ("", "shows_listed", "checked"),
    "barsCheckBox": ("", "shows_bars", "checked"),
    "scrollCheckBox": ("links", "scroll", "checked"),
    "panCheckBox": ("links", "pan", "checked"),
    "zoomCheckBox": ("links", "zoom", "checked"),
    "rotationCheckBox": ("links", "rotation", "checked"),
}
SIGNALS = {"checked": "toggled(bool)", "value": "valueChanged(double)", "currentIndex": "currentIndexChanged(int)"}
KEYS = {
    "Alt+Up": "previous",
    "Alt+Down": "next",
    "Alt+Shift+Up": "previousRegion",
    "Alt+Shift+Down": "nextRegion",
    "Alt+Shift+Left": "previousFinding",
    "Alt+Shift+Right": "nextFinding",
}
