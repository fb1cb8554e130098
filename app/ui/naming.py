"""Names that the history keeps; translated where they are shown."""

UNTITLED = "New case"
DOCTOR = "Doctor"
SAMPLE = "Sample case"
