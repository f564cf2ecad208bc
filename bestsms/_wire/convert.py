"""Models to plain values and back, on cattrs, with its silent coercions taken out.

Read leniently: several spellings of one field, ``null`` and ``""`` as absent (U12, T103), unknown
fields kept in ``extra``, a lone object where a list is due (T66), numbers and booleans as text (XML
has nothing else), with the blanks that a pretty document puts around them. But never guess: a value
of the wrong shape is a :class:`WrongShape` that names its path, where cattrs would turn ``null``
into ``'None'`` and ``"abc"`` into ``['a', 'b', 'c']``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, cast, get_args, get_origin

import attrs
import cattrs

from bestsms._wire.model import ACCEPT, VERSIONS, WIRE, Answer, Model, OpenStrEnum, wire_name

__all__ = ["WrongShape", "spellings", "structure", "to_dict"]

ModelT = TypeVar("ModelT", bound=Model)
Hook = Callable[[Any, Any], Any]

# Narrower than int() and Decimal(), which take "1_000" and digits of every script.
_INTEGER: Final = r"-?[0-9]{1,18}"
_NUMBER: Final = r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,4})?"
_TRUTH = {"true": True, "false": False}


class WrongShape(ValueError):
    """A value that does not have the described shape.

    Attributes:
        path: Where it stands: ``$.Recipients[0].Status``.
        problem: What was needed and what came, without the value itself.
    """

    def __init__(self, needed: str, value: object, *, path: str = "") -> None:
        self.problem = f"{needed} is needed, and {_kind(value)} came"
        self._below = path
        super().__init__(self.problem)

    @property
    def path(self) -> str:
        return f"${self._below}"

    def under(self, step: str) -> WrongShape:
        """Put one more step in front of the path, on the way out of a nested value."""
        self._below = step + self._below
        return self


def structure(payload: object, model: type[ModelT]) -> ModelT:
    """Make a model of a decoded body.

    Raises:
        WrongShape: A value has the wrong shape, or a required field is missing.
    """
    return _converter(None).structure(payload, model)


def to_dict(model: Model, version: str | None = None) -> dict[str, Any]:
    """Make a plain mapping of a model, with the wire's own names, ready for ``json.dumps``.

    What is absent is left out; prices are text, so that no digit is lost.

    Example:
        >>> from bestsms import Destination
        >>> to_dict(Destination(recipient="+61421000001", first_name="Jess"))
        {'Recipient': '+61421000001', 'FirstName': 'Jess'}

    Args:
        model: Any answer or part of one.
        version: The API version whose names are wanted where they differ; 2.04 if not given.
    """
    return cast("dict[str, Any]", _converter(version).unstructure(model))


def spellings(field: attrs.Attribute[Any]) -> tuple[str, tuple[str, ...]]:
    """Return a field's own wire name, and the others that are read as it."""
    own = field.metadata.get(WIRE) or wire_name(field.name)
    return own, tuple(field.metadata.get(ACCEPT, ()))


@functools.cache
def _converter(version: str | None) -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)
    # By class, as cattrs registers its own, which would come before any hook with a predicate. A
    # hook serves subclasses too, and an enum is a str: hence the enum's own, which is nearer.
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(bool, _boolean)
    converter.register_structure_hook(Decimal, _decimal)
    converter.register_structure_hook(OpenStrEnum, _choice)
    converter.register_structure_hook_factory(_is_sequence, functools.partial(_reader, converter))
    converter.register_structure_hook_factory(
        _is(Model), functools.partial(_model_reader, converter)
    )
    converter.register_unstructure_hook_factory(
        _is(Model), functools.partial(_model_writer, converter, version)
    )
    converter.register_unstructure_hook(OpenStrEnum, str)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_unstructure_hook(tuple, functools.partial(_list_writer, converter))
    return converter


def _is(base: type) -> Callable[[Any], bool]:
    return lambda kind: isinstance(kind, type) and issubclass(kind, base)


def _is_sequence(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _text(value: object, _: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    raise WrongShape("text", value)


def _integer(value: object, _: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(_INTEGER, value.strip()):
        return int(value)
    raise WrongShape("a whole number", value)


def _boolean(value: object, _: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (word := value.strip().lower()) in _TRUTH:
        return _TRUTH[word]
    raise WrongShape("true or false", value)


def _decimal(value: object, _: object) -> Decimal:
    # Price is a number, a text or absent (T64); never a binary float, so that 0.10 stays 0.10.
    if isinstance(value, str):
        if re.fullmatch(_NUMBER, value.strip()):
            return Decimal(value.strip())
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise WrongShape("a decimal number", value)


def _choice(value: object, kind: Any) -> OpenStrEnum:
    return cast("OpenStrEnum", kind(_text(value, str).strip()))


def _reader(converter: cattrs.Converter, kind: Any) -> Hook:
    (item_type, *_) = get_args(kind)
    read = converter.get_structure_hook(item_type)

    def read_list(value: object, _: object) -> tuple[Any, ...]:
        if isinstance(value, dict):
            value = [cast("object", value)]
        if not isinstance(value, list):
            raise WrongShape("a list", value)
        done: list[Any] = []
        for item in cast("list[object]", value):
            try:
                done.append(read(item, item_type))
            except WrongShape as error:
                raise error.under(f"[{len(done)}]") from None
        return tuple(done)

    return read_list


@attrs.frozen(eq=False, repr=False)
class _Slot:
    """Where the value under one wire name goes; a field's own name wins over its others."""

    attribute: str
    kind: Any
    read: Hook
    own: bool


def _slots(converter: cattrs.Converter, model: Any) -> dict[str, _Slot]:
    slots: dict[str, _Slot] = {}
    for field in _wire_fields(model):
        own, others = spellings(field)
        # What is absent is never read, so that "or None" needs no hook of its own.
        kind = _present(field.type)
        read = converter.get_structure_hook(kind)
        slots |= {name: _Slot(field.name, kind, read, own=False) for name in others}
        slots[own] = _Slot(field.name, kind, read, own=True)
    return slots


def _present(kind: Any) -> Any:
    """Return a type without the ``None`` that it may have."""
    if get_origin(kind) is not UnionType:
        return kind
    (present,) = (each for each in get_args(kind) if each is not NoneType)
    return present


def _wire_fields(model: Any) -> list[attrs.Attribute[Any]]:
    # Annotations are texts where a module has ``from __future__ import annotations``.
    resolved = attrs.resolve_types(model)
    return [field for field in attrs.fields(resolved) if field.name != "extra"]


def _model_reader(converter: cattrs.Converter, model: Any) -> Hook:
    slots = _slots(converter, model)
    required = {
        field.name: spellings(field)[0]
        for field in _wire_fields(model)
        if field.default is attrs.NOTHING
    }
    keeps_extra = issubclass(model, Answer)

    def read_model(value: object, _: object) -> Any:
        if not isinstance(value, dict):
            raise WrongShape("an object", value)
        found: dict[str, Any] = {}
        extra: dict[str, object] = {}
        for key, item in cast("dict[str, object]", value).items():
            slot = slots.get(key)
            if slot is None:
                extra[key] = item
                continue
            if item is None or item == "" or (not slot.own and slot.attribute in found):
                continue
            try:
                found[slot.attribute] = slot.read(item, slot.kind)
            except WrongShape as error:
                raise error.under(f".{key}") from None
        for attribute, name in required.items():
            if attribute not in found:
                raise WrongShape("a value", None, path=f".{name}")
        return model(**found, extra=extra) if keeps_extra else model(**found)

    return read_model


def _model_writer(
    converter: cattrs.Converter, version: str | None, model: Any
) -> Callable[[Any], dict[str, Any]]:
    names: list[tuple[str, str]] = []
    for field in _wire_fields(model):
        by_version: Mapping[str | None, str] = field.metadata.get(VERSIONS, {})
        names.append((field.name, by_version.get(version, spellings(field)[0])))
    keeps_extra = issubclass(model, Answer)

    def write_model(value: Any) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for attribute, name in names:
            item = getattr(value, attribute)
            if item is not None:
                # Nearly all are text, which stays as it is.
                written[name] = item if type(item) is str else converter.unstructure(item)
        return {**value.extra, **written} if keeps_extra else written

    return write_model


def _list_writer(converter: cattrs.Converter, items: tuple[Any, ...]) -> list[Any]:
    return [converter.unstructure(item) for item in items]


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    names: dict[type, str] = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return names.get(type(value), "a number")
