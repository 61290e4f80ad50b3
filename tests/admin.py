"""Forms of the admin, as a browser sends them."""


def typed_into(page) -> dict:
    """What a browser would send of a page's form, its hidden fields too."""
    form = page.context["adminform"].form
    fields = {name: bound.value() for bound in form for name in (bound.html_name, bound.html_initial_name)}
    return {name: value for name, value in fields.items() if value not in (None, False)}
