"""Mappings by name: those that come with Leadline, and files of one's own."""

from collections.abc import Mapping
from pathlib import Path

from leadline.kernel.errors import DocumentError, NotFoundError
from leadline.scoring.yaml_text import parse_yaml
from leadline.tracking.mapping import RowMapping
from leadline.tracking.mapping_document import read_mapping

PACKAGE = Path(__file__).parents[2]
FOLDERS = (PACKAGE.parents[1] / "mappings", PACKAGE / "mappings")
"""Beside the source, and inside an installed package."""
AS_WRITTEN: Mapping[str, str] = {}


def find_mapping(name_or_path: str, settings: Mapping[str, str] = AS_WRITTEN) -> RowMapping:
    """The mapping of a file, or the bundled one of this name.

    Args:
        settings: put in the place of the document's own, such as `time_zone`.

    Raises:
        NotFoundError: there is neither.
        DocumentError: it is not valid; the message names the path inside it.
    """
    places = (Path(name_or_path), *(folder / f"{name_or_path}.yaml" for folder in FOLDERS))
    for place in places:
        if place.is_file():
            document = parse_yaml(_text_of(place))
            return read_mapping({**document, **settings} if isinstance(document, dict) else document)
    raise NotFoundError(
        f"There is no mapping {name_or_path!r}.", advice=f"Give a YAML file, or one of {', '.join(bundled_mappings())}."
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except ValueError as error:
        raise DocumentError(f"The mapping {path} is no text in UTF-8.") from error


def bundled_mappings() -> list[str]:
    """The names of the mappings that come with Leadline."""
    return sorted({path.stem for folder in FOLDERS for path in folder.glob("*.yaml")})
