"""Reading and writing data sets: CSV folder, workbook, JSON document."""

from tildeling.files.limits import Limits
from tildeling.files.reading import read_any, read_dataset, read_rota
from tildeling.files.writing import write_dataset

__all__ = ["Limits", "read_any", "read_dataset", "read_rota", "write_dataset"]
