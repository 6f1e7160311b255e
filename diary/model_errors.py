"""Why a model could not be fetched or used, in words for who looks after the site."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diary.model_version import NotFetchedError, NothingBeforeError, PinnedError, TrialError
from ml.errors import DamagedError, DiskFullError, ModelError, StoreError

EXPLANATIONS: dict[type[ModelError], Promise] = {
    PinnedError: _(
        "이 사이트는 EMOTION_MODEL_VERSION 환경 변수로 모델을 정해 두었어요. 바꾸려면 그 값을 바꾸고 사이트를 "
        "다시 시작해 주세요."
    ),
    NotFetchedError: _("이 서버에 없는 버전이에요. 먼저 저장소에서 받아 주세요."),
    NothingBeforeError: _("이 서버에서는 다른 버전을 쓴 적이 없어서 돌아갈 곳이 없어요."),
    TrialError: _("시험 삼아 문장 하나를 읽혀 봤는데 모델이 제대로 답하지 못했어요."),
    DamagedError: _("파일이 처음 올린 것과 달라요. 저장소의 파일을 확인하고 다시 받아 주세요."),
    DiskFullError: _("디스크에 자리가 없어요. 자리를 만든 뒤에 다시 받아 주세요."),
    StoreError: _("모델 저장소에 닿지 못했어요. 저장소의 주소와 권한을 확인해 주세요."),
}


def explain(error: ModelError) -> str:
    """What to tell of an error; its own message, in English, has the particulars."""
    known = (words for kind, words in EXPLANATIONS.items() if isinstance(error, kind))
    return str(next(known, _("모델을 다루다가 문제가 생겼어요.")))
