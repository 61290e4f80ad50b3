"""What a later schema may not do to an earlier one (the rules of protobuf.dev/programming-guides/proto3/#updating)."""

from collections.abc import Iterator

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto


def breaks(released: FileDescriptorProto, present: FileDescriptorProto) -> list[str]:
    """A sentence for everything in the released schema whose number, type or name is no longer what it was."""
    messages, enums = dict(_messages(present)), dict(_enums(present))
    found = []
    for name, message in _messages(released):
        found += _broken_fields(name, message, messages[name]) if name in messages else [f"{name} is gone"]
    for name, enum in _enums(released):
        found += _broken_values(name, enum, enums[name]) if name in enums else [f"{name} is gone"]
    return found


def _broken_fields(name: str, released: DescriptorProto, present: DescriptorProto) -> Iterator[str]:
    now = {field.number: field for field in present.field}
    for field in released.field:
        if field.number in now:
            if _kind(now[field.number]) != _kind(field):
                yield f"{name}.{field.name} ({field.number}) is another one"
        elif not any(gap.start <= field.number < gap.end for gap in present.reserved_range):
            yield f"{name}.{field.name} ({field.number}) is gone, and not reserved"
    for gap in released.reserved_range:
        yield from (f"{name}: {number} was reserved" for number in range(gap.start, gap.end) if number in now)


def _broken_values(name: str, released: EnumDescriptorProto, present: EnumDescriptorProto) -> Iterator[str]:
    now = {value.number: value.name for value in present.value}
    for value in released.value:
        reserved = any(gap.start <= value.number <= gap.end for gap in present.reserved_range)
        if now.get(value.number) != value.name and not (reserved and value.number not in now):
            yield f"{name}.{value.name} ({value.number}) is another one"


def _kind(field):
    """Names count, too: acks and errors speak of members by name."""
    return (field.name, field.type, field.type_name, field.label, field.proto3_optional, field.HasField("oneof_index"))


def _messages(schema) -> Iterator[tuple[str, DescriptorProto]]:
    for message in schema.message_type:
        yield message.name, message
        yield from ((f"{message.name}.{nested.name}", nested) for nested in message.nested_type)


def _enums(schema) -> Iterator[tuple[str, EnumDescriptorProto]]:
    yield from ((enum.name, enum) for enum in schema.enum_type)
