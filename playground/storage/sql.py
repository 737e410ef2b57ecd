"""The statements that every order needs, written once each as SQL.

Django's query compiler takes several times as long to write such a statement as SQLite takes
to run it: with the ORM alone an order costs twice as much (docs/adr/0019). Tables, columns,
connection, transaction and errors are Django's, through its documented `connection.cursor()`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

Row = tuple[Any, ...]


class Select:
    """Fields of the rows for which `where` holds, as the database stores them (JSON as text)."""

    def __init__(
        self, model: type[models.Model], *fields: str, where: str, join: str = "", order: str = ""
    ) -> None:
        table, names = _names(model, fields)
        columns = ", ".join(f"{table}.{name}" for name in names)
        self._text = f"SELECT {columns} FROM {table} {join} WHERE {where} {order}"

    def __call__(self, *values: Any, choices: Sequence[Any] = ()) -> list[Row]:
        """`choices` stand where the text says {choices}, as in IN ({choices})."""
        text = self._text.format(choices=", ".join(["%s"] * len(choices)))
        with connection.cursor() as cursor:
            cursor.execute(text, (*values, *choices))
            rows: list[Row] = cursor.fetchall()
        return rows

    def first(self, *values: Any) -> Row | None:
        return next(iter(self(*values)), None)


class Insert:
    """Rows of these fields. With `ignore_conflicts` a row that meets a constraint is left out."""

    def __init__(self, model: type[models.Model], *fields: str, ignore_conflicts: bool = False):
        table, names = _names(model, fields)
        places = ", ".join(["%s"] * len(names))
        self._text = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
        self._text += " ON CONFLICT DO NOTHING" if ignore_conflicts else ""

    def all(self, rows: Iterable[Row]) -> None:
        """Raises IntegrityError."""
        if found := list(rows):
            with connection.cursor() as cursor:
                cursor.executemany(self._text, found)


def _names(model: type[models.Model], fields: Iterable[str]) -> tuple[str, list[str]]:
    """The quoted names of the model's table and of the columns of these fields."""
    quoted = connection.ops.quote_name
    columns = {f.name: f.get_attname_column()[1] or "" for f in model._meta.concrete_fields}
    return quoted(model._meta.db_table), [quoted(columns[field]) for field in fields]
