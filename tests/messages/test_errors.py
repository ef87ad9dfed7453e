"""Every code has its sentence, in both languages, and the sentences use only facts that exist."""

import re
import string

import pytest

from bdsigner.errors import BdsignerError, ErrorCode, error_from
from bdsigner.messages.errors import TEXTS, describe
from bdsigner.messages.findings import FINDING_TEXTS, describe_finding
from bdsigner.messages.questions import describe_question
from bdsigner.messages.translate import Language, set_language
from bdsigner.model.verification import Finding, FindingCode, Severity
from bdsigner.ports import Question, QuestionCode
from bdsigner.storage.resources import resource_path

LOCALE = resource_path("locale")


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest):
    set_language(request.param, LOCALE)
    yield request.param
    set_language(Language.VIETNAMESE, LOCALE)


@pytest.mark.parametrize("code", list(ErrorCode))
def test_each_code_says_what_happened_and_what_to_do(code: ErrorCode, language: Language) -> None:
    message = describe(error_from(code, {"path": "/a/công văn.pdf"}))

    assert message.code == code.value
    assert message.title
    assert message.sentence
    assert message.remedy
    assert "{" not in message.sentence + message.remedy
    if language is Language.ENGLISH:
        assert message.title != TEXTS[code].title


def test_file_name_stands_for_the_path() -> None:
    message = describe(BdsignerError(ErrorCode.DOCUMENT_EMPTY, path="/kho/công văn.pdf"))

    assert "công văn.pdf" in message.sentence
    assert "/kho" not in message.sentence


@pytest.mark.parametrize("code", list(FindingCode))
def test_each_finding_has_a_sentence(code: FindingCode, language: Language) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(FINDING_TEXTS[code]) if name}
    facts = dict.fromkeys(names, "X") | ({"since": "2026-03-01T02:03:04+00:00"} if "since" in names else {})
    sentence = describe_finding(Finding(code, Severity.NOTE, facts))

    assert sentence.endswith(".")
    assert "…" not in sentence
    if language is Language.ENGLISH:
        assert not re.search("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", sentence.replace("Điều", ""))


@pytest.mark.parametrize("code", list(QuestionCode))
def test_each_question_names_its_answers(code: QuestionCode, language: Language) -> None:
    facts = {"cause": ErrorCode.NETWORK_NO_TSA.value, "name": "Nguyễn Văn A", "label": "Chủ tịch", "serial": "0102"}
    text = describe_question(
        Question(code, facts | {"count": "3", "file": "a.pdf", "secrecy": "Mật", "names": "An, Bình"})
    )

    assert text.title
    assert text.sentence
    assert text.yes != text.no


@pytest.mark.parametrize("code", [FindingCode.CERTIFICATE_REVOKED, FindingCode.CERTIFICATE_SUSPENDED])
def test_findings_write_times_for_people(code: FindingCode) -> None:
    facts = {"since": "2026-03-01T02:03:04+00:00"}

    assert "01.03.2026 09:03:04 +07:00" in describe_finding(Finding(code, Severity.FAIL, facts))
