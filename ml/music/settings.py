"""The settings of each architecture: one frozen dataclass each. Standard library only."""

from dataclasses import dataclass, field

KERAS, LINEAR, SVM, FOREST, BOOSTING, VOTE = "keras", "linear", "svm", "forest", "boosting", "vote"
NAMES = (KERAS, LINEAR, SVM, FOREST, BOOSTING, VOTE)
SEED = 20_260


@dataclass(frozen=True, slots=True)
class KerasSettings:
    """The original's network as far as it is known: ten min–max scaled inputs, eight ReLUs, softmax, Adam.

    Its published ten-fold accuracy over four moods is 0.710 ± 0.045; Adam's learning rate is Keras' default.
    """

    units: int = 8
    epochs: int = 300
    batch_size: int = 200
    learning_rate: float = 0.001
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """Multinomial logistic regression on the shaped inputs; of degree 2 it also reads their products and squares."""

    degree: int = 1
    inverse_regularisation: float = 1.0
    max_iterations: int = 3_000
    seed: int = SEED

    def __post_init__(self) -> None:
        if self.degree not in (1, 2):
            raise ValueError("degree is 1 or 2")


@dataclass(frozen=True, slots=True)
class SvmSettings:
    """RBF support-vector machines, one for each pair of moods, on power-transformed inputs (Yeo and Johnson 2000).

    A logistic regression on their decision values, fitted out of fold, gives the probabilities (after Platt 1999).
    """

    cost: float = 1.0
    gamma: float = 0.06
    calibration_folds: int = 5
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class ForestSettings:
    """Extremely randomised trees (Geurts et al. 2006) on the plain inputs."""

    trees: int = 60
    leaf_tracks: int = 3
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class BoostingSettings:
    """Stochastic gradient boosting (Friedman 2002) on the plain inputs."""

    rounds: int = 80
    depth: int = 3
    learning_rate: float = 0.06
    track_share: float = 0.6
    input_share: float = 0.5
    leaf_tracks: int = 5
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class VoteSettings:
    """The mean of the probabilities of four: linear, svm, forest, boosting."""

    linear: LinearSettings = field(default_factory=LinearSettings)
    svm: SvmSettings = field(default_factory=SvmSettings)
    forest: ForestSettings = field(default_factory=ForestSettings)
    boosting: BoostingSettings = field(default_factory=BoostingSettings)


Settings = KerasSettings | LinearSettings | SvmSettings | ForestSettings | BoostingSettings | VoteSettings

_DEFAULTS: dict[str, type[Settings]] = {
    KERAS: KerasSettings,
    LINEAR: LinearSettings,
    SVM: SvmSettings,
    FOREST: ForestSettings,
    BOOSTING: BoostingSettings,
    VOTE: VoteSettings,
}


def default_settings(name: str) -> Settings:
    """The settings of an architecture. Raises KeyError for a name outside NAMES."""
    return _DEFAULTS[name]()
