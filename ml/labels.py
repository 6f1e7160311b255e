"""The one list of names: emotions, moods, and the maps between them. Standard library only."""

from enum import StrEnum


class Emotion(StrEnum):
    """What a diary entry or a film can carry; the order is the order of every score vector."""

    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    ANXIETY = "anxiety"
    EMBARRASSMENT = "embarrassment"
    NEUTRAL = "neutral"

    @property
    def korean(self) -> str:
        """The Korean name, as the corpus and the pages write it."""
        return EMOTION_KOREAN[self]


EMOTION_KOREAN: dict[Emotion, str] = {
    Emotion.JOY: "기쁨",
    Emotion.SADNESS: "슬픔",
    Emotion.ANGER: "분노",
    Emotion.ANXIETY: "불안",
    Emotion.EMBARRASSMENT: "당황",
    Emotion.NEUTRAL: "중립",
}

EMOTION_FROM_KOREAN: dict[str, Emotion] = {name: emotion for emotion, name in EMOTION_KOREAN.items()}

# A plain record of the day has no film of its own: films carry the five feelings only.
FEELINGS: tuple[Emotion, ...] = tuple(emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL)


class Mood(StrEnum):
    """What a track can carry; Energetic is learned with the others and kept apart."""

    HAPPY = "happy"
    SAD = "sad"
    CALM = "calm"
    ENERGETIC = "energetic"


# dair-ai's six English labels (Saravia et al. 2018) on our five feelings.
EMOTION_FROM_DAIR: dict[str, Emotion] = {
    "joy": Emotion.JOY,
    "love": Emotion.JOY,
    "sadness": Emotion.SADNESS,
    "anger": Emotion.ANGER,
    "fear": Emotion.ANXIETY,
    "surprise": Emotion.EMBARRASSMENT,
}


class Strategy(StrEnum):
    """How recommendations answer a feeling: stay with it (공감) or turn it around (전환)."""

    MATCH = "match"
    SHIFT = "shift"


# The feeling that films should carry, by what the entry carries.
#
# 공감 keeps company in the feeling: who is sad does turn to sad and tender films, and gains by them (Oliver 2008).
# Anxiety is the exception. A diary's 불안 is worry; what reviewers call fear is horror, and what resembles the cause
# of a bad mood keeps it up (the "semantic affinity" of mood management theory, Zillmann 1988). So worry is met, as in
# music, by the quiet, sad films that take frailty seriously; nobody is answered with fright. A plain day has no
# feeling to stay with, so it gets a light film.
# 전환 leads out: a bad mood ends in what is pleasant and unlike its cause (mood management, Zillmann 1988), and of our
# tags that is joy. Who is glad already, or had a plain day, is led to something different that is no burden, surprise.
FILM_EMOTION: dict[Strategy, dict[Emotion, Emotion]] = {
    Strategy.MATCH: {
        Emotion.JOY: Emotion.JOY,
        Emotion.SADNESS: Emotion.SADNESS,
        Emotion.ANGER: Emotion.ANGER,
        Emotion.ANXIETY: Emotion.SADNESS,
        Emotion.EMBARRASSMENT: Emotion.EMBARRASSMENT,
        Emotion.NEUTRAL: Emotion.JOY,
    },
    Strategy.SHIFT: {
        Emotion.JOY: Emotion.EMBARRASSMENT,
        Emotion.SADNESS: Emotion.JOY,
        Emotion.ANGER: Emotion.JOY,
        Emotion.ANXIETY: Emotion.JOY,
        Emotion.EMBARRASSMENT: Emotion.JOY,
        Emotion.NEUTRAL: Emotion.EMBARRASSMENT,
    },
}

# The mood that tracks should carry. Music therapy's iso principle (Altshuler 1948) begins with music like the mood and
# goes on to the mood that is wanted: 공감 is its first step, 전환 its last. Where a mood lies is told by valence and
# arousal (Russell 1980; Thayer 1989 for music), of which our moods are corners: happy (+, high), energetic (-, high),
# calm (+, low), sad (-, low).
#
# 공감: anger is strong and tense, so energetic. Anxiety is as tense, but tense music would wind it up: sad music
# shares its low valence and takes the pulse down. No corner is like 당황; calm asks nothing of it.
# 전환: from high arousal the way out is down (anger, anxiety: calm), from low spirits up (sadness, 당황: happy), from
# joy to rest.
TRACK_MOOD: dict[Strategy, dict[Emotion, Mood]] = {
    Strategy.MATCH: {
        Emotion.JOY: Mood.HAPPY,
        Emotion.SADNESS: Mood.SAD,
        Emotion.ANGER: Mood.ENERGETIC,
        Emotion.ANXIETY: Mood.SAD,
        Emotion.EMBARRASSMENT: Mood.CALM,
        Emotion.NEUTRAL: Mood.CALM,
    },
    Strategy.SHIFT: {
        Emotion.JOY: Mood.CALM,
        Emotion.SADNESS: Mood.HAPPY,
        Emotion.ANGER: Mood.CALM,
        Emotion.ANXIETY: Mood.CALM,
        Emotion.EMBARRASSMENT: Mood.HAPPY,
        Emotion.NEUTRAL: Mood.HAPPY,
    },
}
