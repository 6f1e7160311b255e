"""What operators see of the emotion model: every version, how well it reads, what it has read, what it is here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from diary.model_errors import explain
from diary.model_list import ACTIVE, CACHED, PREVIOUS, STORED, Row, list_models
from diary.model_usage import ModelUsage, VersionUsage, count_unread, get_usage
from diary.model_version import NAME, model_folder
from ml.emotion.facts import Figures, read_figures
from ml.emotion.folder import CARD
from ml.errors import ModelError
from ml.store.base import MAX_DOCUMENT_BYTES
from ml.store.listing import Version, read_stored
from ml.store.names import CONFIGURED, SHIPPED

ALL = "all"  # the source of figures over all test texts
COMPARED = ("accuracy", "macro_f1", "expected_calibration_error")


@dataclass(frozen=True, slots=True)
class DeskVersion:
    """A version: where it lies, its bytes, its figures on test texts, its use here, and what it has read."""

    version: str
    size: int
    places: Sequence[str]
    uses: Sequence[str]
    is_missing: bool  # in use, but not on this machine
    problem: str
    split: str
    figures: Sequence[Figures]
    usage: VersionUsage | None

    @property
    def is_active(self) -> bool:
        return ACTIVE in self.uses

    @property
    def is_previous(self) -> bool:
        return PREVIOUS in self.uses

    @property
    def overall(self) -> Figures | None:
        """The figures over all test texts."""
        return next((figures for figures in self.figures if figures.source == ALL), None)

    @property
    def choice(self) -> str:
        """What `model_version.activate` calls it; empty while it is not on this machine."""
        if CACHED in self.places:
            return self.version
        return next((place for place in (SHIPPED, CONFIGURED) if place in self.places), "")

    @property
    def can_be_fetched(self) -> bool:
        return STORED in self.places and CACHED not in self.places

    @property
    def can_be_activated(self) -> bool:
        return bool(self.choice) and not self.is_active and not settings.EMOTION_MODEL_VERSION


@dataclass(frozen=True, slots=True)
class ModelDesk:
    """All versions, and what is to be known beside them. `problem` and its English `details` are of the listing."""

    versions: Sequence[DeskVersion]
    pinned: str  # EMOTION_MODEL_VERSION
    store: str
    problem: str
    details: str
    usage: ModelUsage
    unread: dict[str, int]

    @property
    def active(self) -> DeskVersion | None:
        return next((version for version in self.versions if version.is_active), None)

    @property
    def previous(self) -> DeskVersion | None:
        return next((version for version in self.versions if version.is_previous), None)

    def find(self, version: str) -> DeskVersion | None:
        """The version of a name; None when there is none."""
        return next((found for found in self.versions if found.version == version), None)


def get_model_desk() -> ModelDesk:
    """Everything at this moment, what is in use first; the usage as `get_usage` has it. No trouble hides the rest."""
    rows, error = _list_rows()
    usage = get_usage()
    listed = {row.version.version for row in rows}
    gone = [Row(Version(version, 0, None)) for version in usage.versions if version and version not in listed]
    rows.sort(key=lambda row: (ACTIVE not in row.uses, PREVIOUS not in row.uses))
    return ModelDesk(
        versions=[_describe(row, usage) for row in (*rows, *gone)],
        pinned=settings.EMOTION_MODEL_VERSION,
        store=settings.MODEL_STORE,
        problem=explain(error) if error else "",
        details=str(error or ""),
        usage=usage,
        unread=count_unread(),
    )


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure of Figures, by its name, over the texts of a source: of two versions, None where one has none."""

    name: str
    source: str
    current: float | None
    target: float | None


def compare(current: DeskVersion | None, target: DeskVersion) -> list[ComparedFigure]:
    """The figures that a choice between two versions is made by, for every source that either was measured on."""
    both = (current.figures if current else ()), target.figures
    by_source = [{found.source: found for found in figures} for figures in both]
    return [
        ComparedFigure(name, source, *(getattr(figures.get(source), name, None) for figures in by_source))
        for name in COMPARED
        for source in dict.fromkeys([*by_source[0], *by_source[1]])
    ]


def read_card(version: DeskVersion) -> str:
    """The text of a version's model card; empty where it has none. Raises ModelError when the store is in trouble."""
    if version.choice:
        path = model_folder(version.choice) / CARD
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(MAX_DOCUMENT_BYTES).decode(errors="replace")
    if STORED not in version.places:
        return ""
    content = read_stored(settings.MODEL_STORE, NAME, version.version, CARD)
    return (content or b"").decode(errors="replace")


def _list_rows() -> tuple[list[Row], ModelError | None]:
    """What can be listed, and the first error on the way."""
    error: ModelError | None = None
    for store in (settings.MODEL_STORE, ""):
        try:
            return list_models(NAME, store), error
        except ModelError as found:
            error = error or found
    return [], error


def _describe(row: Row, usage: ModelUsage) -> DeskVersion:
    version, problem = row.version, row.version.problem
    try:
        split, figures = read_figures(version.metrics)
    except ModelError as error:
        split, figures, problem = "", [], problem or str(error)
    return DeskVersion(
        version=version.version,
        size=version.size,
        places=row.places,
        uses=row.uses,
        is_missing=bool(row.missing),
        problem=problem,
        split=split,
        figures=figures,
        usage=usage.versions.get(version.version),
    )
