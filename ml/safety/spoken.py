"""What `wording` leaves out: dialect, quieter sentences about dying, harm done in secret, and plain English.

Written for this project, by hand, after reading the training phrases of the authors c to f; of their words none is
copied. The authors of the test phrases were not read.
"""

import re

_LIVE = r"(?:이렇게|이러고|이리|이래|요래)"
_BODY = r"(?:살|몸|팔|팔뚝|손목|허벅지|다리|손등|손가락|배|뺨|가슴|머리)"

# Said of oneself, like the patterns of WISH_TO_DIE and UNWILLING_TO_LIVE.
QUIET_WISH = (
    r"(?<![가-힣])죽[고구] (?:잡|자픈|자퍼|십소|싶소|파라|픈)",
    r"(?<![가-힣])죽어 ?(?:뿌|불)(?:고|자|까|야|제|릴)|(?<![가-힣])죽는 ?기 (?:낫|편|났)|(?<![가-힣])죽을 ?꼬",
    r"(?<![가-힣])죽을(?:란다|란데|라꼬|라고) ?(?:마음|맘|했|나갔|작정|$)|(?<![가-힣])죽을란다",
    r"(?:어떻게|어찌|우째|언제) ?죽을 ?지[만를도]? ?(?:생각|고민|궁리|정|골|만)|(?<![가-힣])죽을지만 생각",
    r"(?<![가-힣])죽기로 ?(?:한|정|약속|마음|작정)|죽음으로 ?(?:갚|끝|해결)",
    r"(?<![가-힣])죽을 ?(?:핑계|이유|날짜|마음)(?!이? ?없)",
    r"(?<![가-힣])죽자,? ?(?:싶|그냥 죽|는 ?(?:생각|목소리|말)|고 생각)",
    r"(?<![가-힣])죽게 ?해 ?(?:주|달|줘)|나도 죽는 ?(?:것|거)|아무도 모르게 죽(?:는|고|을)",
    r"(?:내가|나|나는|나만) 죽고 ?나(?:서|면)",
    r"(?:나도|나가|내가|나는|나 같은 건) ?(?:그만 |인자 |이제 )?죽어야(?:제|재)",
    r"(?:덜|더) 죽고 싶|(?:내|제) 손으로 ?(?:죽|가고 싶|끝(?!까지))",
    rf"{_LIVE} (?:살 ?바에[야는]?|사느니)[^.!?]{{0,10}}(?:죽|끝)",
    r"살아 ?있고 ?싶지[가도는]? ?않|더(?:는| 이상) ?(?:못|안) ?살겠|(?:스스로 |이제 )그만 ?살기로",
    r"(?:스스로 |내 |제 )?(?:생|삶|인생)을 ?(?:끝내|마치)(?:고 싶|는 (?:일|생각|방법|것)|려)",
    r"목숨을? ?(?:버릴|끊을|끊겠|끊고|놓을|버리고)|목숨 ?하나 ?끊|목숨 ?내가 ?끊",
    r"자살 ?기도|자살 ?예방 ?(?:번호|상담|센터|전화)[^.!?]{0,14}(?:검색했|저장|걸었|걸까|눌렀)",
)

# Said of what one does to oneself, like the patterns of ACTS.
SECRET_HARM = (
    r"(?<![가-힣])(?<!줄\s)그은 ?(?:자국|자리|데|상처|흉터)|(?<![가-힣])그어 ?(?:놓|버렸)",
    r"(?:안|못) 그(?:었는데|으려고|으려|었다고)",
    r"(?<![가-힣])긋던 ?버릇|(?:가끔|자꾸|아직도?) 긋[는고]|또 그[엇었]|(?<![가-힣])그으면 안",
    r"(?:손목|팔|허벅지|다리)[^.!?]{0,10}칼자국|칼자국[^.!?]{0,10}(?:가리|팔|손목|하나를 더|늘)",
    rf"(?<![가-힣])(?:내|제) {_BODY}[을를에]? ?[^.!?]{{0,8}}(?:파[낸내]|물어뜯|물었|깨[무물]|꼬집"
    r"|때린|때렸|때리|후려|지졌|찔렀|찌른)",
    rf"{_BODY}[^.!?]{{0,10}}(?:멍들|피멍|멍이 들)[^.!?]{{0,6}}(?:때까지|게 때|도록)",
    rf"일부러[^.!?]{{0,14}}{_BODY}[을를에]? ?[^.!?]{{0,8}}(?:데[었였]|갖다 ?댔|지졌|찧|부었|대고 있)",
    r"내가 (?:낸|만든|나한테 낸) (?:상처|자국|흉터)",
    r"내가 나(?:한테|에게) (?:한|낸) (?:짓|거|것|상처)|남이 한 게 아니라 내가",
    r"나(?:한테|에게|를|자신을?) ?벌을? ?(?:주|준|줬|줄|줘)|나를 (?:부수|부쉈|해쳤)",
    r"피가? (?:나는|맺히는|나오는) (?:걸|것을|거)[^.!?]{0,4}(?:봐야|보면|보고)",
    r"아파야 (?:풀|멈|정신|잠이|조용|하루가|살)",
)

# Plain English, in lower case; an entry may hold a line of it.
_TO = r"(?:to|2)"
ENGLISH = re.compile(
    r"\b(?:"
    rf"(?:want|wanted|wish|going|gonna|ready|plan|planning|deserve|hope) {_TO} (?:die|be dead|kill myself|end my life)"
    r"|wanna (?:die|be dead|kill myself|end it all)|gonna (?:kill myself|end it all)"
    rf"|want(?:ed)? {_TO} (?:end it all|disappear forever|stop living)"
    r"|kill(?:ing|ed)? myself|(?:take|taking|end|ending) my (?:own )?life|kms"
    r"|(?<!not )suicidal|commit(?:ting)? suicide|suicide (?:note|plan|attempt)|thinking (?:about|of) suicide"
    r"|(?:do not|don.?t|dont|no longer) (?:want|wanna) ?(?:to )?(?:be alive|exist|wake up)"
    r"|(?:do not|don.?t|dont|no longer) (?:want|wanna) ?(?:to )?live(?! (?:in|with|here|there|like|near|at|alone|on))"
    r"|(?:wish|hope) i (?:was|were|could be) (?:dead|never born)|wish i (?:could )?(?:just )?(?:die|never wake up)"
    r"|better off dead|(?:i.d|i am|i.m|everyone is|they.d be|be) better off (?:dead|without me)"
    r"|no reason to live|nothing to live for|tired of living"
    r"|(?:hurt|hurting|harm|harming) myself|self.?harm(?:ed|ing)?|(?:cut|cutting) my (?:wrists?|arms?|thighs?)"
    r")\b"
)
