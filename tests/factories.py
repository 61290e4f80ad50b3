"""People and departments for tests, made of real rows. Rooms and messages are made by the chat's own services."""

import factory
from allauth.account.models import EmailAddress

from digi.accounts.models import Affiliation, Department, Role, User
from tests.conftest import PASSWORD


class PersonFactory(factory.django.DjangoModelFactory):
    """Somebody with a verified address, who signs in with `tests.conftest.PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda person: f"{person.username}@example.org")
    display_name = factory.LazyAttribute(lambda person: person.username.title())

    @classmethod
    def _create(cls, model_class, *args, password=PASSWORD, verified=True, **fields):
        user = model_class.objects.create_user(*args, password=password, **fields)
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
        return user


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Institute {n}")
    slug = factory.Sequence(lambda n: f"institute-{n}")


class AffiliationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Affiliation

    user = factory.SubFactory(PersonFactory)
    department = factory.SubFactory(DepartmentFactory)
    role = Role.STUDENT
