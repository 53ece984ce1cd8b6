"""The acceptance of a programme: thresholds, the case with what is said and found in it, rectification, the dossier."""

from .cases import Acceptance, Inspection, Snapshot, Statement
from .dossiers import Dossier, DossierDownload
from .rectification import Rectification, RectificationItem
from .thresholds import Threshold

__all__ = [
    "Acceptance",
    "Dossier",
    "DossierDownload",
    "Inspection",
    "Rectification",
    "RectificationItem",
    "Snapshot",
    "Statement",
    "Threshold",
]
