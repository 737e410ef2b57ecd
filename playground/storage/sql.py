"""Statements of the hottest paths, each written once.

Django's query compiler takes several times as long to write a statement as SQLite takes to
carry it out (docs/benchmarks.md). Here the text is made once per process, from the models'
own names of tables and columns; connection, transaction and errors stay Django's.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection, models


class Select:
    """These fields of the rows `where` holds, as tuples of what the database has."""

    def __init__(self, model: type[models.Model], *fields: str, where: str, rest: str = "") -> None:
        self._model, self._fields, self._where, self._rest = model, fields, where, rest

    def __call__(self, *values: Any) -> list[tuple[Any, ...]]:
        return self._rows(self._text, values)

    def any_of(self, some: Sequence[Any], *values: Any) -> list[tuple[Any, ...]]:
        """With one of `some` where the text says {some}; not more than a database takes."""
        places = ", ".join(["%s"] * len(some))
        return self._rows(self._text.format(some=places), (*values, *some))

    def _rows(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def first(self, *values: Any) -> tuple[Any, ...] | None:
        return next(iter(self(*values)), None)

    @cached_property
    def _text(self) -> str:
        columns = ", ".join(_columns(self._model, self._fields))
        return f"SELECT {columns} FROM {_table(self._model)} WHERE {self._where} {self._rest}"


class Find:
    """The whole row that `where` holds, as the object that Django would make of it."""

    def __init__(self, model: type[models.Model], *, join: str = "", where: str) -> None:
        self._model, self._join, self._where = model, join, where

    def first(self, *values: Any) -> Any | None:
        with connection.cursor() as cursor:
            cursor.execute(self._text, values)
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, reader in self._readers:
            row[place] = reader(row[place])
        return self._model.from_db(connection.alias, self._attributes, row)

    @cached_property
    def _text(self) -> str:
        table = _table(self._model)
        names = [f.name for f in self._model._meta.concrete_fields]
        columns = ", ".join(f"{table}.{column}" for column in _columns(self._model, names))
        return f"SELECT {columns} FROM {table} {self._join} WHERE {self._where} LIMIT 1"

    @cached_property
    def _attributes(self) -> list[str]:
        return [f.attname for f in self._model._meta.concrete_fields]

    @cached_property
    def _readers(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """With the place of each value that does not stay as the database has it."""
        found = [_reader(f) for f in self._model._meta.concrete_fields]
        return [(place, reader) for place, reader in enumerate(found) if reader]


class Insert:
    """Rows of these fields. With `unless_known` a row that meets a constraint is left out."""

    def __init__(self, model: type[models.Model], *fields: str, unless_known: bool = False) -> None:
        self._model, self._fields, self._unless_known = model, fields, unless_known

    def all(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Raises IntegrityError."""
        found = list(rows)
        if found:
            with connection.cursor() as cursor:
                cursor.executemany(self._text, found)

    def one(self, row: tuple[Any, ...]) -> Any:
        """The new row's id.  Raises IntegrityError."""
        with connection.cursor() as cursor:
            if not connection.features.can_return_columns_from_insert:  # SQLite before 3.35
                cursor.execute(self._text, row)
                return cursor.lastrowid
            cursor.execute(f"{self._text} RETURNING id", row)
            return cursor.fetchone()[0]

    @cached_property
    def _text(self) -> str:
        columns, places = _columns(self._model, self._fields), ["%s"] * len(self._fields)
        text = (
            f"INSERT INTO {_table(self._model)} ({', '.join(columns)}) VALUES ({', '.join(places)})"
        )
        return f"{text} ON CONFLICT DO NOTHING" if self._unless_known else text


def _reader(field: models.Field) -> Callable[[Any], Any] | None:
    """What turns a stored value into the field's own, if something has to: parses dates, JSON."""
    column = field.get_col(field.model._meta.db_table)
    converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)

    if not converters:
        return None

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, column, connection)
        return value

    return read


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    known = {f.name: f.get_attname_column()[1] or "" for f in model._meta.concrete_fields}
    return [connection.ops.quote_name(known[name]) for name in fields]
