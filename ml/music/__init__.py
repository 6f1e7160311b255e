"""Audio features of a track → its mood: happy, sad, calm or energetic."""
