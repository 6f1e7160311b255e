"""Strings of which a sentence must hold one before a group of patterns can match: patterns of many words are slow.

Each pattern of a group needs one of its strings, whatever else it needs; `tests/ml/safety/test_hints.py` proves that
from the patterns themselves, and names the pattern for which a string is missing. They are chosen for being rare.
"""

import re


def _any(words: str) -> re.Pattern[str]:
    return re.compile("|".join(words.split()))


UNWILLING_TO_LIVE = _any(
    "가고 가야 가치 감고 갔으 거둬 계신 고통 그만 그아 기서 기일 까닭 끄기 끈 끊 낙 났으 낳 놓 놔 "
    "늘나 더는 둘래 떠나 떠난 떴 뜨고 뜰까 려가 련도 리러 리셋 마나 먼저 멎었 멎으 명분 모든 목숨 "
    "목적 미련 본들 봐야 봤자 사나 사는 삭제 산다 살 삶 생 세상 쉬 싶네 아도 아야 않기 야겠 야지 "
    "오기 오지 용기 용히 원히 유를 의미 의욕 의지 이별 이유 이제 있는 자격 자신 작별 장례 재미 저세 "
    "제사 존재 종료 죽 지만 쯤에 추면 췄으 태어 티고 포기 하자 하직 할래 희망 힘 "
)
VANISHING = _any(
    "가고 가련 가스 갈게 갈까 감으 고만 그만 그아 기까 깨 깼 끝 나아 나을 날게 남은 낫 났으 내가 "
    "늘나 다면 다행 돼 되겠 되는 될 때면 때쯤 떠나 떠날 떴으 뜨 라져 라지 라질 람처 랑했 렸으 마웠 "
    "모든 무도 무렵 발견 밸브 버릴 사라 세상 손으 시는 싶 안해 안했 어나 어도 어져 어지 어질 없는 "
    "없애 없어 없이 영영 영원 원히 음부 이대 이승 저세 저승 져야 졌으 존재 좋 죽이 즈음 지구 지는 "
    "지우 지워 지인 질까 퇴근 퇴장 편안 편하 편할 편해 평생 필요 하늘 하차 해결 행복 홀가 흔적 "
)
ACTS = _any(
    "가뜨 가슴 가위 가트 겨누 그었 긁 긋고 깨물 꼬집 다리 다치 담뱃 때렸 때리 매 맨 맬 머리 목을 "
    "몸 배빵 벌주 벽에 뺨 살 상처 손 쏘고 쏴 어뜯 어박 얼굴 조르 종아 지지 찌르 찔 칼 커터 팔 "
    "프게 피를 할퀴 해치 해하 허벅 "
)
MEANS = _any(
    "가면 강물 개탄 과다 깔려 나가 난간 내디 내리 내릴 노끈 딛 떨어 뛰어 래로 려다 먹어 면제 몇 "
    "모아 모으 몸을 몽땅 밀어 바라 받혀 밧 복용 붙잡 삼 서성 선로 아래 앞으 약 여다 연탄 오래 올가 "
    "움큼 이레 지작 창밖 청산 쳐 층이 치고 치어 치었 치여 치이 털어 통제 통째 투신 한강 한꺼 한참 "
)
TOPIC = _any(
    "ㅈr ㅈㅅ ㅈㅎ ㅈㅏ 가도 글이 나쁜 단적 떠나 례식 마지 목숨 몹쓸 살 삶을 상을 생을 영정 유서 "
    "유언 자ㅅ 자쌀 자해 쟈 제사 좋은 주변 험금 "
)
QUIET_WISH = _any("끝내 르게 마치 목숨 바에 사느 살겠 살기 손으 싶지 을란 을지 자살 죽 ")
SECRET_HARM = _any(
    "그어 그으 그은 긋 깨 꼬집 남이 다고 때렸 때리 때린 또 멍들 멍이 물었 벌 부수 상처 쉈 어뜯 "
    "었는 에게 으려 일부 자국 지졌 찌른 찔렀 칼자 파 피 한테 해쳤 후려 흉터 "
)
