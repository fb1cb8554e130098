"""The clinician's window: Qt Widgets over the same flow as the command line. Nothing here imports torch."""
