"""What of a thesis's documents its rules look at: the newest proposal and the newest final version."""

from dataclasses import dataclass

from thesis.models import DocumentKind, DocumentVersion, Thesis


@dataclass(frozen=True, slots=True)
class Papers:
    """The newest version of each; None where none is uploaded."""

    proposal: DocumentVersion | None = None
    final: DocumentVersion | None = None


def of(thesis: Thesis) -> Papers:
    """One query, however many versions there are."""
    kinds = (DocumentKind.PROPOSAL, DocumentKind.FINAL)
    versions = DocumentVersion.objects.filter(document__thesis=thesis, document__kind__in=kinds)
    newest = {version.document.kind: version for version in versions.select_related("document").order_by("pk")}
    return Papers(newest.get(DocumentKind.PROPOSAL), newest.get(DocumentKind.FINAL))
