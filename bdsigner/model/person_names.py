"""Names of people as they stand under a signature, compared as people compare them."""

import re

from bdsigner.model.vietnamese import fold

_HONOURS = re.compile(
    r"^(?:(?:gs|pgs|ts|tskh|ths|cn|ks|kts|bs|ck(?:1|2|i|ii)|bsck(?:1|2|i|ii)|ds|ls|gv|nsnd|nsưt|ngnd|ngưt|giáo sư|tiến sĩ|"
    r"thạc sĩ|cử nhân|kỹ sư|bác sĩ|dược sĩ|luật sư|nghệ sĩ|(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy))"
    r"(?:\s*\.\s*|\s+))+(?=\S)",
    re.IGNORECASE,
)
"""Academic, professional and military titles, each ended by a dot or a space: ``Ksor`` is a family name."""
_EDGES = " .,;:()[]"


def without_honours(name: str) -> str:
    """``PGS.TS. Nguyễn Văn A`` → ``Nguyễn Văn A``."""
    return _HONOURS.sub("", name.strip(_EDGES))


def same_person(written: str, name: str) -> bool:
    """Whether two names are the same apart from honours, case, spacing and place of the tone mark."""
    return fold(without_honours(written)) == fold(without_honours(name))
