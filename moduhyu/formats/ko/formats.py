"""Django writes '4:45 오후': in Korean, the half of the day comes before the hour."""

DATETIME_FORMAT = "Y년 n월 j일 A g:i"
