"""The architectures as unfitted scikit-learn estimators, by name."""

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    PolynomialFeatures,
    PowerTransformer,
    StandardScaler,
)
from sklearn.svm import SVC

from ml.music.settings import (
    BoostingSettings,
    ForestSettings,
    KerasSettings,
    LinearSettings,
    Settings,
    SvmSettings,
    VoteSettings,
)
from ml.music.shape import shape_inputs

_PACKAGES = ("numpy", "onnx", "onnxruntime", "scikit-learn")


def make_estimator(settings: Settings) -> BaseEstimator:
    """An unfitted estimator for inputs [n, len(INPUTS)] and moods [n], with `predict_proba`.

    Raises ModelError when a package that it needs is not installed.
    """
    match settings:
        case KerasSettings():
            return _make_keras(settings)
        case LinearSettings():
            return _make_linear(settings)
        case SvmSettings():
            return _make_svm(settings)
        case ForestSettings():
            return ExtraTreesClassifier(
                settings.trees, min_samples_leaf=settings.leaf_tracks, random_state=settings.seed
            )
        case BoostingSettings():
            return _make_boosting(settings)
        case VoteSettings():
            return _make_vote(settings)


def packages_of(settings: Settings) -> tuple[str, ...]:
    """The packages whose versions belong into the manifest."""
    return (*_PACKAGES, "keras", "tensorflow") if isinstance(settings, KerasSettings) else _PACKAGES


def _make_keras(settings: KerasSettings) -> Pipeline:
    from ml.music.network import NetworkClassifier  # TensorFlow is there for this architecture alone

    return make_pipeline(MinMaxScaler(), NetworkClassifier(settings))


def _make_linear(settings: LinearSettings) -> Pipeline:
    regression = LogisticRegression(
        C=settings.inverse_regularisation, max_iter=settings.max_iterations, random_state=settings.seed
    )
    steps: list[Any] = [FunctionTransformer(shape_inputs), StandardScaler()]
    if settings.degree == 2:
        steps += [PolynomialFeatures(2, include_bias=False), StandardScaler()]
    return make_pipeline(*steps, regression)


def _make_svm(settings: SvmSettings) -> Pipeline:
    machines = SVC(C=settings.cost, gamma=settings.gamma, decision_function_shape="ovo")
    folds = StratifiedKFold(settings.calibration_folds, shuffle=True, random_state=settings.seed)
    calibration = LogisticRegression(max_iter=LinearSettings().max_iterations)
    return make_pipeline(
        PowerTransformer(),
        StackingClassifier([("svm", machines)], calibration, cv=folds, stack_method="decision_function"),
    )


def _make_boosting(settings: BoostingSettings) -> GradientBoostingClassifier:
    return GradientBoostingClassifier(
        n_estimators=settings.rounds,
        max_depth=settings.depth,
        learning_rate=settings.learning_rate,
        subsample=settings.track_share,
        max_features=settings.input_share,
        min_samples_leaf=settings.leaf_tracks,
        random_state=settings.seed,
    )


def _make_vote(settings: VoteSettings) -> VotingClassifier:
    members: dict[str, Settings] = {
        "linear": settings.linear,
        "svm": settings.svm,
        "forest": settings.forest,
        "boosting": settings.boosting,
    }
    return VotingClassifier([(name, make_estimator(each)) for name, each in members.items()], voting="soft")
