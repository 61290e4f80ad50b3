import pytest

from digi.notifications.services.wishes import may_read


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["thesis:1", "application:’", "topic:", "thread:none", "thesis", "room:1", "webhook:1"]
)
def test_what_is_named_by_no_id_is_read_by_nobody(person, name):
    assert not may_read(person("alice"), name)
