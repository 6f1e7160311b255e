"""Where the small trained files that ship with the site lie."""

from pathlib import Path

EMOTION_MODEL = Path(__file__).parent / "emotion"
MUSIC_MODEL = Path(__file__).parent / "music"
SAFETY_MODEL = Path(__file__).parent / "safety"
