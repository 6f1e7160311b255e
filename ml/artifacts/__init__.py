"""Where the small trained files that ship with the site lie."""

from pathlib import Path

EMOTION_MODEL = Path(__file__).parent / "emotion"
# The second one, for a site that gives the reading more time and memory (requirements/hybrid.txt).
EMOTION_HYBRID = Path(__file__).parent / "emotion_hybrid"
MUSIC_MODEL = Path(__file__).parent / "music"
SAFETY_MODEL = Path(__file__).parent / "safety"
