"""The words of the four languages: the same keys, the right plurals, the same placeholders, and really translated."""

import json
import re
from itertools import pairwise

import pytest

LANGUAGES = ("az", "en", "ru", "tr")
PLURALS = {
    "az": {"one", "other"},
    "en": {"one", "other"},
    "ru": {"one", "few", "many", "other"},
    "tr": {"one", "other"},
}

EQUAL_AT_MOST_PERCENT = 3
SAME_IN_EVERY_LANGUAGE = re.compile(
    r"^[\W\d_]*$"  # nothing but signs, digits and placeholders
    r"|^(AI Sales POS|PIN|QR|SKU|PLU|EAN|CSV|VAT|VÖEN|X|Z|AZN|OK|EAN-13|Code 128|IP|MQTT|Wi-Fi|USB)$"
)


def texts(source, language: str) -> dict[str, str | dict[str, str]]:
    """All texts of a language. A key that stands twice, or in the file of another namespace, fails."""
    found: dict[str, str | dict[str, str]] = {}
    for file in sorted((source.root / "server" / "locales" / language).glob("*.json")):
        pairs = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_once)
        assert [key for key in pairs if not key.startswith(f"{file.stem}.")] == [], f"{language}/{file.name}"
        found |= pairs
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = sorted(key for key, _ in pairs)
    assert [key for key, following in pairwise(keys) if key == following] == []
    return dict(pairs)


@pytest.fixture(scope="module")
def english(source):
    return texts(source, "en")


def placeholders(text: str | dict[str, str]) -> set[str]:
    forms = [text] if isinstance(text, str) else list(text.values())
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_keys_files_and_placeholders(source, english, language):
    own = texts(source, language)

    assert sorted(own) == sorted(english)
    assert {key: placeholders(own[key]) for key in own} == {key: placeholders(english[key]) for key in own}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_plural_has_all_forms_of_its_language(source, english, language):
    own = texts(source, language)
    plurals = {key for key, text in own.items() if isinstance(text, dict)}

    wrong = {key for key in plurals if set(own[key]) != PLURALS[language]}

    assert wrong == set()
    assert plurals == {key for key, text in english.items() if isinstance(text, dict)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_spaces_at_its_ends(source, language):
    forms = {
        (key, form)
        for key, text in texts(source, language).items()
        for form in ([text] if isinstance(text, str) else text.values())
    }

    assert {key for key, form in forms if not form or form != form.strip()} == set()


@pytest.mark.parametrize("language", ["az", "ru", "tr"])
def test_at_most_three_percent_of_the_texts_equal_the_english_ones(source, english, language):
    own = texts(source, language)
    plain = {key: re.sub(r"\{\w+\}", "", text).strip() for key, text in english.items() if isinstance(text, str)}
    compared = [key for key, text in plain.items() if not SAME_IN_EVERY_LANGUAGE.match(text)]

    equal = [key for key in compared if own[key] == english[key]]

    assert len(equal) * 100 <= EQUAL_AT_MOST_PERCENT * len(compared), equal


def test_no_file_of_a_language_is_missing(source):
    names = {
        language: {file.name for file in (source.root / "server" / "locales" / language).glob("*")}
        for language in LANGUAGES
    }

    assert len(set(map(frozenset, names.values()))) == 1
    assert names["az"]
