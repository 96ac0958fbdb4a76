"""Slicer's DICOM database, where there is one."""

import slicer


def openDatabase():
    """The database; None where there is none or it is closed.

    ``slicer.dicomDatabase`` is an alias that the DICOM module makes after Slicer has started, and never where that
    module is disabled: a module that is shown at the start would fail.
    """
    database = slicer.app.dicomDatabase()
    return database if database is not None and database.isOpen else None


def fileForInstance(instanceUid):
    """The file of a SOPInstanceUID; "" where the database does not have it."""
    database = openDatabase()
    return database.fileForInstance(instanceUid) if database is not None else ""
