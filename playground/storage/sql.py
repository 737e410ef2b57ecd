"""The statements that every order needs, written once each as SQL.

Django's query compiler takes several times as long to write such a statement as SQLite takes
to run it: with the ORM alone an order costs twice as much (docs/adr/0019). Tables, columns,
connection, transaction and errors are Django's, through its documented `connection.cursor()`.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection, models

Row = tuple[Any, ...]


class Select:
    """Fields of the rows for which `where` holds, as the database stores them (JSON as text)."""

    def __init__(
        self, model: type[models.Model], *fields: str, where: str, join: str = "", order: str = ""
    ) -> None:
        self._model, self._fields = model, fields
        self._rest = f"{join} WHERE {where} {order}"

    def __call__(self, *values: Any, choices: Sequence[Any] = ()) -> list[Row]:
        """`choices` stand where the text says {choices}, as in IN ({choices})."""
        text = self._text.format(choices=", ".join(["%s"] * len(choices)))
        with connection.cursor() as cursor:
            cursor.execute(text, (*values, *choices))
            rows: list[Row] = cursor.fetchall()
        return rows

    def first(self, *values: Any) -> Row | None:
        return next(iter(self(*values)), None)

    @cached_property
    def _text(self) -> str:
        table = _table(self._model)
        columns = ", ".join(f"{table}.{column}" for column in _columns(self._model, self._fields))
        return f"SELECT {columns} FROM {table} {self._rest}"


class Insert:
    """Rows of these fields. With `ignore_conflicts` a row that meets a constraint is left out."""

    def __init__(
        self, model: type[models.Model], *fields: str, ignore_conflicts: bool = False
    ) -> None:
        self._model, self._fields, self._ignores = model, fields, ignore_conflicts

    def all(self, rows: Iterable[Row]) -> None:
        """Raises IntegrityError."""
        if found := list(rows):
            with connection.cursor() as cursor:
                cursor.executemany(self._text, found)

    @cached_property
    def _text(self) -> str:
        columns, places = _columns(self._model, self._fields), ["%s"] * len(self._fields)
        text = (
            f"INSERT INTO {_table(self._model)} ({', '.join(columns)}) VALUES ({', '.join(places)})"
        )
        return f"{text} ON CONFLICT DO NOTHING" if self._ignores else text


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    names = {f.name: f.get_attname_column()[1] or "" for f in model._meta.concrete_fields}
    return [connection.ops.quote_name(names[field]) for field in fields]
