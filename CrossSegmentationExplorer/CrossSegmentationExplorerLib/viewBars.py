"""The bars above the rows' slice views, which take a fifth of their height."""

import slicer


def showViewBars(explorer, everywhere):
    """Show the bar of each plane in the first row, for the rows are linked, and in the others only on wish.

    The bars of 3D views stay: what they offer is of their view alone.
    """
    if explorer is None or not explorer.layout.is_current:
        return
    shown = {node.GetLayoutName() for row in explorer.rows[:1] for node in explorer.layout.slice_nodes(row)}
    for node in explorer.layout.slice_nodes():
        widget = slicer.app.layoutManager().sliceWidget(node.GetLayoutName())
        if widget is not None:
            widget.sliceController().setVisible(everywhere or node.GetLayoutName() in shown)
