import pytest
from django.core.exceptions import ValidationError

from digi.accounts import names
from digi.accounts.models import User


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Alice \t Meyer\n", "Alice Meyer"),
        ("\u202eecilA", "ecilA"),
        ("A\u200bl\u2066i\u2069c\u00ade", "Alice"),
        ("\ufeffAlice\u061c", "Alice"),
        ("\u3164\u115f\u2800", ""),
        ("Ａlice", "Ａlice"),
        ("Ali\u0063\u0327e", "Aliçe"),
        ("Łukasz Żółć", "Łukasz Żółć"),
    ],
)
def test_visible_drops_what_cannot_be_seen(typed, kept):
    assert names.visible(typed) == kept


@pytest.mark.parametrize(("typed", "kept"), [("ＡLICE", "alice"), ("Al\u202eice", "alice"), (" Ünal ", "ünal")])
def test_user_name_has_one_spelling(typed, kept):
    assert names.user_name(typed) == kept


@pytest.mark.parametrize("name", ["alice", "ünal", "a.b-c_d+e", "42", "李雷"])
def test_validate_user_name_accepts_letters_and_digits(name):
    names.validate_user_name(name)


@pytest.mark.parametrize("name", ["", "alice@example.org", "two words", "._.", "<b>", "a/b", "a\nb"])
def test_validate_user_name_refuses_the_rest(name):
    with pytest.raises(ValidationError):
        names.validate_user_name(name)


def test_columns_store_one_spelling(db):
    user = User.objects.create_user("ALI\u200bCE", email="Alice@Example.ORG", display_name="\u202eAlice  M.")

    assert (user.username, user.email, user.display_name) == ("alice", "alice@example.org", "Alice M.")
    user.refresh_from_db()
    assert (user.username, user.email, user.display_name) == ("alice", "alice@example.org", "Alice M.")
    assert User.objects.get(username="ALICE") == User.objects.get_by_natural_key("Alice") == user


def test_columns_keep_an_empty_address_as_null(db):
    User.objects.create_user("alice", email="")
    User.objects.create_user("bob", email=" ")

    assert list(User.objects.values_list("email", flat=True)) == [None, None]


@pytest.mark.parametrize("words", ["müller", "MULLER", "jör", "jorg mull", "jmue", "Ｊörg"])
def test_named_finds_without_case_and_accents(db, words):
    user = User.objects.create_user("jmueller", display_name="Jörg Müller")

    assert list(User.objects.named(words)) == [user]


@pytest.mark.parametrize("words", ["maria", "jorg maria", "%", "_", "example"])
def test_named_finds_nobody_else(db, words):
    User.objects.create_user("jmueller", email="j@example.org", display_name="Jörg Müller")

    assert list(User.objects.named(words)) == []


def test_search_text_follows_bulk_inserts(db):
    User.objects.bulk_create([User(username="zoë"), User(username="b", display_name="Ångström")])

    assert [user.username for user in User.objects.named("zoe")] == ["zoë"]
    assert [user.username for user in User.objects.named("angstrom")] == ["b"]
