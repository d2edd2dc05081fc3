"""The file of a run as an answer."""

from __future__ import annotations

from typing import cast

from fastapi import Response

from emban.models import ReportArtifact
from emban.views.export_file import Export, Extension, file_response


def artifact_response(artifact: ReportArtifact) -> Response:
    """Return the download of a run's file, byte for byte as it was sent."""
    name, _, extension = artifact.file_name.rpartition(".")
    return file_response(Export(name, cast("Extension", extension), artifact.content))
