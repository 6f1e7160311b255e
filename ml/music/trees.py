"""Trees of scikit-learn as the attributes of ONNX's tree operator."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.labels import Mood

_LEAF = -1


def tree_attributes(rounds: Sequence[Sequence[Any]], factor: float) -> dict[str, Any]:
    """The attributes of a TreeEnsembleRegressor that sums `factor` times the leaves of fitted trees over four targets.

    rounds: of each round either one tree whose leaves hold four values, or four trees, one for each mood.
    """
    names = ("nodeids", "treeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")
    attributes: dict[str, Any] = {f"nodes_{name}": [] for name in names}
    attributes |= {f"target_{name}": [] for name in ("nodeids", "treeids", "ids", "weights")}
    number = 0
    for trees in rounds:
        for mood, tree in enumerate(trees):
            targets = list(range(len(Mood))) if len(trees) == 1 else [mood]
            _add_tree(attributes, number, tree.tree_, targets, factor)
            number += 1
    return {**attributes, "n_targets": len(Mood), "aggregate_function": "SUM", "post_transform": "NONE"}


def _add_tree(attributes: dict[str, Any], number: int, tree: Any, targets: Sequence[int], factor: float) -> None:
    is_leaf = tree.children_left == _LEAF
    attributes["nodes_nodeids"] += range(tree.node_count)
    attributes["nodes_treeids"] += [number] * tree.node_count
    attributes["nodes_featureids"] += np.where(is_leaf, 0, tree.feature).tolist()
    attributes["nodes_values"] += np.where(is_leaf, 0, _round_down(tree.threshold)).tolist()
    attributes["nodes_modes"] += ["LEAF" if leaf else "BRANCH_LEQ" for leaf in is_leaf]
    attributes["nodes_truenodeids"] += np.where(is_leaf, 0, tree.children_left).tolist()
    attributes["nodes_falsenodeids"] += np.where(is_leaf, 0, tree.children_right).tolist()
    for leaf in np.flatnonzero(is_leaf):
        values = tree.value[leaf].reshape(-1) * factor
        for target, value in zip(targets, values, strict=True):
            attributes["target_nodeids"].append(int(leaf))
            attributes["target_treeids"].append(number)
            attributes["target_ids"].append(target)
            attributes["target_weights"].append(float(value))


def _round_down(thresholds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The highest single-precision number that is no higher: a single-precision input stays on its side."""
    single = thresholds.astype(np.float32)
    return np.where(single > thresholds, np.nextafter(single, np.float32(-np.inf)), single)
