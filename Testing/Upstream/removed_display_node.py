"""The smallest script for a fault of Slicer: a display node that was removed is used at its segmentation's next event.

vtkMRMLSegmentationsDisplayableManager2D forgets display nodes only together with their segmentation. It keeps the
address of one that has left the scene, and uses it when the segmentation is modified: a use after free, which mostly
ends the process with a segmentation fault (exit code 139). The library works around it: see ``_outlive`` in
scene/explorer/shown_segments.py.

    pip install slicer-core; VTK_DEFAULT_OPENGL_WINDOW=vtkEGLRenderWindow python removed_display_node.py
"""

import gc
import sys

import slicer
import vtk

ROUNDS = 200

scene = slicer.vtkMRMLScene()
logic = slicer.vtkSlicerApplicationLogic()
logic.SetMRMLScene(scene)
logic.SetSliceLogics(vtk.vtkCollection())
slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(scene, True)

slice_node = slicer.vtkMRMLSliceNode()
slice_node.SetLayoutName("Red")
slice_node = scene.AddNode(slice_node)
window, renderer = vtk.vtkRenderWindow(), vtk.vtkRenderer()
window.SetOffScreenRendering(1)
window.AddRenderer(renderer)
factory = slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance()
factory.SetMRMLApplicationLogic(logic)
factory.RegisterDisplayableManager("vtkMRMLSegmentationsDisplayableManager2D")
managers = slicer.vtkMRMLDisplayableManagerGroup()
managers.Initialize(factory, renderer)
managers.SetMRMLDisplayableNode(slice_node)

segmentation = scene.AddNewNodeByClass("vtkMRMLSegmentationNode")
image = slicer.vtkOrientedImageData()
image.SetDimensions(8, 8, 8)
image.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
image.GetPointData().GetScalars().Fill(1)
segment = slicer.vtkSegment()
segment.AddRepresentation("Binary labelmap", image)
segmentation.GetSegmentation().AddSegment(segment)

for number in range(ROUNDS):
    display = scene.AddNode(slicer.vtkMRMLSegmentationDisplayNode())
    segmentation.AddAndObserveDisplayNodeID(display.GetID())
    window.Render()
    scene.RemoveNode(display)
    display = None
    gc.collect()
    freed = [bytearray(4096) for _ in range(300)]  # lets the memory of the node go to something else
    segment.SetName(f"segment {number}")
    segmentation.Modified()
    window.Render()
sys.stdout.write("survived: the fault is mended, or did not show this time\n")
