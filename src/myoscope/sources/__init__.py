"""The knowledge files and the bibliography they point to."""

from myoscope.sources.bibliography import Citation, Source, bibliography, citation
from myoscope.sources.files import KnowledgeError, folder, knowledge_id, table, text

__all__ = [
    "Citation",
    "KnowledgeError",
    "Source",
    "bibliography",
    "citation",
    "folder",
    "knowledge_id",
    "table",
    "text",
]
