"""What curators change: tags, facts, flags. `catalog.curation.record` notes who did it; nothing is noted here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from catalog.draw import PINNED_BONUS
from catalog.models import Movie, MovieTag, Source, Track, TrackTag
from catalog.pools import forget_pools
from catalog.services import BATCH_SIZE, IMPORTED_FACTS, keep_model_word, make_searchable
from catalog.weights import TRACK_CARRIES_FROM, curated_weight, lift_pinned, movie_tag_weight
from ml.labels import Emotion
from ml.reviews.rank import lift_put_forward


def curate_tag(tag: MovieTag | TrackTag) -> None:
    """Save a tag as a curator's word: see `curate_tags`."""
    curate_tags([tag])


@transaction.atomic
def curate_tags(tags: Sequence[MovieTag | TrackTag]) -> None:
    """Save the scores of tags of one kind as a curator's word: they outrank the computed ones.

    They outlive every import. What the model says is kept beside them, to go back to.
    """
    if not tags:
        return
    manager: Any = type(tags[0])._default_manager
    item = "movie" if isinstance(tags[0], MovieTag) else "track"
    stored = manager.select_related(item).in_bulk([tag.pk for tag in tags])
    for tag in tags:
        if not stored[tag.pk].is_curated:
            keep_model_word(tag, stored[tag.pk])
        tag.source = Source.CURATED
        tag.weight = curated_weight(tag)
    _overwrite(tags, ["score", "source", "weight", *tags[0].MODEL_WORD])
    transaction.on_commit(forget_pools)


@transaction.atomic
def curate_scores(items: Sequence[Movie | Track], scores: Mapping[tuple[int, str], float]) -> None:
    """Make scores, by item id and name of the tag, a curator's word. An item may lack the tag: then it gets it."""
    tags = {(tag.item.pk, tag.name): tag for tag in _read_tags(items)}
    by_id = {item.pk: item for item in items}
    _add_tags([_new_tag(by_id[key[0]], key[1], score) for key, score in scores.items() if key not in tags])
    for key, score in scores.items():
        if key in tags:
            tags[key].score = score
    curate_tags([tags[key] for key in scores if key in tags])


def set_tag(items: Sequence[Movie | Track], name: str, score: float) -> None:
    """Give items of one kind the same score for a tag, as a curator's word."""
    curate_scores(items, {(item.pk, name): score for item in items})


@transaction.atomic
def return_to_model(items: Sequence[Movie | Track], *, only: Mapping[int, Set[str]] | None = None) -> None:
    """Put the model's word back where a curator's stands.

    Where it is not known, tracks are classified anew, and films keep the curator's. `only` names the tags of each
    item id that are meant; all of them without it.
    """
    tags = _read_tags(items)
    meant = [tag for tag in tags if tag.is_curated and (only is None or tag.name in only.get(tag.item.pk, ()))]
    _find_model_words([tag for tag in meant if isinstance(tag, TrackTag) and tag.model_score is None])
    for tag in meant:
        if tag.model_score is not None:
            tag.score, tag.source = tag.model_score, tag.model_source
            if isinstance(tag, TrackTag):  # the others' weights are made of the facts below
                tag.weight, tag.model_weight = lift_pinned(tag.track, tag.model_weight or 0.0), None
            tag.model_score, tag.model_source = None, ""
    _save_tags(tags)


def remove_tags(items: Sequence[Movie | Track], names: Mapping[int, Set[str]]) -> None:
    """Take away tags that curators gave to items which had none of that name before."""
    gone = [tag.pk for tag in _read_tags(items) if tag.name in names.get(tag.item.pk, ())]
    if gone:
        _tags_of(_of_kind(items)).filter(pk__in=gone).delete()


@transaction.atomic
def approve(items: Sequence[Movie | Track]) -> None:
    """Make the tags that the items are put forward for a curator's word, and note that somebody looked at them.

    A track can be put forward for a mood that is less likely than not, if it is likelier than in most others. As a
    curator's word that would mean that the track does not carry it: such a score is lifted to what says that it does.
    """
    tags = [tag for tag in _read_tags(items) if tag.weight > 0 and not tag.is_curated]
    for tag in tags:
        if isinstance(tag, TrackTag):
            tag.score = max(tag.score, TRACK_CARRIES_FROM)
    curate_tags(tags)
    mark_reviewed(items)


def mark_reviewed(items: Sequence[Movie | Track]) -> None:
    """Note that a curator looked at items of one kind now."""
    _of_kind(items).filter(pk__in=[item.pk for item in items]).update(reviewed_at=timezone.now())


def save_item(item: Movie | Track) -> None:
    """Save what a curator changed on an item: see `save_items`."""
    save_items([item])


@transaction.atomic
def save_items(items: Sequence[Movie | Track]) -> None:
    """Save what a curator changed on items of one kind; no import will overwrite those facts."""
    if not items:
        return
    stored = _of_kind(items).in_bulk([item.pk for item in items])
    for item in items:
        changed = {name for name in IMPORTED_FACTS if _differs(item, stored[item.pk], name)}
        item.curated_facts = sorted(changed.union(item.curated_facts))
    restore_items(items)


@transaction.atomic
def restore_items(items: Sequence[Movie | Track]) -> None:
    """Save items of one kind as they are given. Their tags follow: a Korean title makes a film better known."""
    stored = _of_kind(items)
    pinned = set(stored.filter(pk__in=[item.pk for item in items], is_pinned=True).values_list("pk", flat=True))
    for item in items:
        make_searchable(item)
    _overwrite(items, [*items[0].CURATED_FACTS, "search_text"])
    tags = _read_tags(items)
    for tag in tags:
        # A track's weight is its rank in the whole catalogue, and stays.
        if isinstance(tag, TrackTag) and tag.weight > 0:
            tag.weight += PINNED_BONUS * (tag.track.is_pinned - (tag.track_id in pinned))
    _save_tags(tags)


@transaction.atomic
def edit_item(item: Movie | Track, tags: Sequence[MovieTag | TrackTag]) -> None:
    """Save what a curator changed on the page of an item: its facts, and scores of some of its tags."""
    save_item(item)
    curate_tags(tags)


@transaction.atomic
def set_hidden(items: QuerySet[Movie] | QuerySet[Track], *, is_hidden: bool) -> int:
    """Take films or tracks out of all recommendations, or back in; returns how many there were."""
    _tags_of(items).update(is_shown=not is_hidden)
    count = items.update(is_hidden=is_hidden)
    transaction.on_commit(forget_pools)
    return count


@transaction.atomic
def set_pinned(items: QuerySet[Movie] | QuerySet[Track], *, is_pinned: bool) -> int:
    """Put films or tracks before all others where they fit, or back in line; returns how many changed."""
    changed = items.filter(is_pinned=not is_pinned)
    carried = _tags_of(changed).filter(weight__gt=0)
    carried.update(weight=F("weight") + (PINNED_BONUS if is_pinned else -PINNED_BONUS))
    count = changed.update(is_pinned=is_pinned)
    transaction.on_commit(forget_pools)
    return count


@transaction.atomic
def set_suicide_theme(movies: QuerySet[Movie], *, has_suicide_theme: bool) -> int:
    """Say whether films deal with suicide, or take it back; returns how many there were."""
    count = movies.update(has_suicide_theme=has_suicide_theme)
    transaction.on_commit(forget_pools)
    return count


def _differs(item: Movie | Track, stored: Movie | Track, name: str) -> bool:
    return getattr(item, name, None) != getattr(stored, name, None)


def _of_kind(items: Sequence[Movie | Track]) -> QuerySet[Any]:
    """All films, or all tracks, as the first of the items is one."""
    return type(items[0])._default_manager.all()


def _tags_of(items: QuerySet[Movie] | QuerySet[Track]) -> QuerySet[Any]:
    """The tags of the items."""
    if issubclass(items.model, Movie):
        return MovieTag.objects.filter(movie__in=items.order_by().values("pk"))
    return TrackTag.objects.filter(track__in=items.order_by().values("pk"))


def _read_tags(items: Sequence[Movie | Track]) -> list[Any]:
    """The tags of items of one kind, each with its item as it is given: changes that are not stored yet count."""
    by_id = {item.pk: item for item in items}
    if not items:
        return []
    field = "movie" if isinstance(items[0], Movie) else "track"
    model = MovieTag if isinstance(items[0], Movie) else TrackTag
    tags = list(model._default_manager.filter(**{f"{field}__in": by_id}).order_by("pk"))
    for tag in tags:
        setattr(tag, field, by_id[getattr(tag, f"{field}_id")])
    return tags


def _find_model_words(tags: Sequence[TrackTag]) -> None:
    """Note beside curators' words what the classifier says today of the tracks; nothing is saved."""
    if not tags:
        return
    from catalog.track_moods import classify_stored  # loads the classifier's runtime, which the site rarely needs

    words = classify_stored(list({tag.track_id: tag.track for tag in tags}.values()))
    for tag in tags:
        word = words[tag.track_id, tag.mood]
        tag.model_score, tag.model_source, tag.model_weight = word.score, Source.FEATURES, word.weight


def _new_tag(item: Movie | Track, name: str, score: float) -> MovieTag | TrackTag:
    """A tag of a curator's that no model has computed, not saved yet."""
    shared: dict[str, Any] = {"score": score, "source": Source.CURATED, "is_shown": not item.is_hidden}
    shared["is_well_known"] = item.is_well_known
    if isinstance(item, Movie):
        tag: MovieTag | TrackTag = MovieTag(movie=item, emotion=name, **shared)
    else:
        tag = TrackTag(track=item, mood=name, **shared)
    tag.weight = curated_weight(tag)
    return tag


def _add_tags(tags: Sequence[Any]) -> None:
    if tags:
        type(tags[0])._default_manager.bulk_create(tags, batch_size=BATCH_SIZE)


def _overwrite(rows: Sequence[Any], fields: Sequence[str]) -> None:
    """Save some fields of stored rows of one kind: faster than `bulk_update`, which builds a CASE of every value."""
    type(rows[0])._default_manager.bulk_create(
        rows, batch_size=BATCH_SIZE, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def _save_tags(tags: Sequence[Any]) -> None:
    """Save tags with what they repeat of their items, and films' with the weights that follow from both."""
    lifts: dict[int, dict[Emotion, float]] = defaultdict(dict)
    for tag in tags:
        if isinstance(tag, MovieTag):
            lifts[tag.movie_id][Emotion(tag.emotion)] = tag.score
    for tag in tags:
        tag.is_shown, tag.is_well_known = not tag.item.is_hidden, tag.item.is_well_known
        if isinstance(tag, MovieTag):
            lift = lift_put_forward(Emotion(tag.emotion), lifts[tag.movie_id])
            tag.weight = curated_weight(tag) if tag.is_curated else movie_tag_weight(tag.movie, lift)
    if tags:
        fields = ["score", "source", "weight", "is_shown", "is_well_known", *tags[0].MODEL_WORD]
        _overwrite(tags, fields)
    transaction.on_commit(forget_pools)
