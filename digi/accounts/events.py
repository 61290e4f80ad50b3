"""What sockets are told about a person."""

from digi.realtime.events import Event


class PersonChanged(Event, tag="person.changed"):
    """Something that others see of a person, such as being invisible, was changed; the topic is the person's."""
