"""A county as data: the folder that another county replaces, not the code.

The folder holds `county.toml` (names, templates, lists) and the CSV files it names. `manage.py load_county DIR` reads
it and lets every room load its own part.
"""

import csv
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COUNTY_FILE = "county.toml"
WORDS = {"yes": True, "no": False}


class CountyError(Exception):
    """Something in the county's folder is wrong: `file`, `line` (None when it has none) and `message`."""

    def __init__(self, file: str, line: int | None, message: str) -> None:
        self.file, self.line, self.message = file, line, message
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")


@dataclass(frozen=True)
class Row:
    """One row of a CSV file, with the line where it stands."""

    file: str
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, without blanks around it. A column that the file lacks is a CountyError."""
        if column not in self.values:
            raise self.error(f"the column “{column}” is missing")
        return self.values[column]

    def required(self, column: str) -> str:
        """The cell; CountyError when it is empty."""
        if not (value := self[column]):
            raise self.error(f"“{column}” is empty")
        return value

    def number(self, column: str) -> int | None:
        """The cell as a whole number, None when empty; CountyError when it is something else."""
        if not (value := self[column]):
            return None
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
            raise self.error(f"“{column}” is not a whole number: {value}")
        return int(value)

    def flag(self, column: str) -> bool:
        """The cell, yes or no, as a bool; CountyError when it is something else."""
        if self[column] not in WORDS:
            raise self.error(f"“{column}” must be yes or no")
        return WORDS[self[column]]

    def one_of(self, column: str, allowed: Collection[str]) -> str:
        """The cell; CountyError when it is none of these."""
        if self[column] not in allowed:
            raise self.error(f"“{self[column]}” is none of: {', '.join(allowed)}")
        return self[column]

    def error(self, message: str) -> CountyError:
        """An error that names this row."""
        return CountyError(self.file, self.line, message)


class County:
    """The folder of one county.

    `folder` is its path. Raises CountyError when the folder or its county.toml is missing or malformed.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise CountyError(str(folder), None, "no such folder")
        try:
            self.data: dict[str, Any] = tomllib.loads(self._text(COUNTY_FILE))
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"line (\d+)", str(error))
            raise CountyError(COUNTY_FILE, int(where[1]) if where else None, str(error)) from error

    def get(self, key: str, default: Any = None) -> Any:
        """The value at a dotted key of county.toml ("plaques.branch"), or the default."""
        value: Any = self.data
        for part in key.split("."):
            if not isinstance(value, dict) or part not in value:
                return default
            value = value[part]
        return value

    def require(self, key: str, kind: type = str) -> Any:
        """The value at a dotted key, of this kind; CountyError when it is missing or of another kind."""
        value = self.get(key)
        if not isinstance(value, kind) or value == "":
            raise CountyError(COUNTY_FILE, None, f"“{key}” is missing or not a {kind.__name__}")
        return value

    def tables(self, key: str, *required: str) -> list[dict[str, Any]]:
        """The list of tables at a dotted key ([[heads]]), each with the required texts; empty when it is missing."""
        tables = self.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise CountyError(COUNTY_FILE, None, f"“{key}” is not a list of tables")
        for number, table in enumerate(tables, 1):
            for field in required:
                if not isinstance(table.get(field), str) or not table[field]:
                    raise CountyError(COUNTY_FILE, None, f"“{key}” number {number} has no “{field}”")
        return tables

    def rows(self, filename: str) -> Iterator[Row]:
        """The rows of a CSV file of the folder (.tsv: cells parted by tabs). Raises CountyError where it is none."""
        text = self._text(filename)
        delimiter = "\t" if filename.endswith(".tsv") else ","
        reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if not any(header):
                raise CountyError(filename, 1, "the file is empty")
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    raise CountyError(
                        filename, reader.line_num, f"{len(cells)} cells where the heading has {len(header)}"
                    )
                values = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
                yield Row(filename, reader.line_num, values)
        except csv.Error as error:
            raise CountyError(filename, reader.line_num, str(error)) from error

    def _text(self, filename: str) -> str:
        try:
            content = (self.folder / filename).read_bytes()
        except OSError as error:
            raise CountyError(filename, None, error.strerror or str(error)) from error
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise CountyError(filename, line, "not UTF-8 text") from error
