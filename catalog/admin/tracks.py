"""Tracks in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.admin.items import DECIDED, CatalogAdmin
from catalog.admin.tags import TrackTagInline
from catalog.models import Kind, Track

# What is measured: nobody hears a valence of 0.63.
FEATURES = (
    *("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness", "instrumentalness"),
    *("liveness", "valence", "tempo", "time_signature"),
)
TOLD = ("spotify_id", "duration_ms", "popularity", "added_at", "reviewed_at")


@admin.register(Track)
class TrackAdmin(CatalogAdmin):
    kind = Kind.TRACK
    list_display = (
        *("title", "artist_name", "album", "release_date", "chips", "sources"),
        *("popularity", "state"),
    )
    # What an index sorts.
    sortable_by = ("title", "artist_name", "release_date", "popularity")
    fieldsets = (
        (_("곡"), {"fields": ("title", "artist", "artist_ko", "album", "release_date")}),
        (_("추천"), {"fields": DECIDED}),
        (_("Spotify에서 온 것"), {"fields": TOLD}),
        (_("오디오 특징"), {"fields": FEATURES, "classes": ("collapse",)}),
    )
    readonly_fields = (*TOLD, *FEATURES)
    inlines = (TrackTagInline,)

    @admin.display(description=_("아티스트"), ordering="artist")
    def artist_name(self, track: Track) -> str:
        return track.display_artist
