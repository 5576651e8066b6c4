"""How one file is read: what the command line says of it, and what the file says itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leadline.kernel.errors import DocumentError
from leadline.pipeline.imports.entries import Entry, entries_of
from leadline.pipeline.imports.files import Format, ImportFile, digest_of, look_at
from leadline.pipeline.imports.mappings import find_mapping
from leadline.pipeline.imports.rows import columns_of
from leadline.tracking.mapping import PlannedTypes, RowMapping
from leadline.tracking.mapping_columns import segment_mapping


@dataclass(frozen=True)
class Wishes:
    """What the person who imports says about the file; what is empty is found out.

    Attributes:
        mapping: a file, or the name of a bundled mapping.
        format: ndjson, csv or parquet.
        delimiter: of CSV.
        time_zone, decimal: instead of the mapping's own.
    """

    mapping: str = ""
    format: str = ""
    delimiter: str = ""
    time_zone: str = ""
    decimal: str = ""

    def wanted_mapping(self) -> RowMapping | None:
        """The mapping that is named, with these settings in place of its own."""
        given = {"time_zone": self.time_zone, "decimal": self.decimal}
        settings = {name: value for name, value in given.items() if value}
        if settings and not self.mapping:
            raise DocumentError(f"Only a mapping has a {' and a '.join(settings)}.", advice="Give --mapping as well.")
        return find_mapping(self.mapping, settings) if self.mapping else None


@dataclass(frozen=True)
class Reading:
    """A file with its format and its mapping, ready to be read. Without a mapping its lines are messages."""

    file: ImportFile
    mapping: RowMapping | None

    @classmethod
    def of(cls, path: Path, wishes: Wishes) -> "Reading":
        """Look at a file.

        Raises:
            NotFoundError: there is no such mapping.
            DocumentError: file and mapping do not fit each other, or one of them is damaged.
        """
        mapping = wishes.wanted_mapping()
        encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else ("", "")
        file = look_at(path, wishes.format, encoding, wishes.delimiter or delimiter)
        if file.format is Format.NDJSON:
            return cls(file, mapping)
        columns = columns_of(file)
        if mapping is None:
            return cls(file, segment_mapping(columns))
        mapping.check(columns)
        return cls(file, mapping)

    def digest(self, source: str) -> str:
        """What the progress of this import goes by: the file, the source, and the mapping."""
        if self.mapping is None:
            return digest_of(self.file.path, source)
        return digest_of(self.file.path, source, self.mapping.digest, self.file.encoding, self.file.delimiter)

    def entries(self, planned: PlannedTypes, skip: int) -> Iterator[Entry]:
        """What becomes of the rows after the first `skip`."""
        return entries_of(self.file, self.mapping, planned, skip)
