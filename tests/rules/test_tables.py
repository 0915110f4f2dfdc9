"""What every table keeps to: foreign keys point down the floors, and no money or quantity is a float."""

import importlib

import pytest
import sqlalchemy as sa

from server.core.db import ControlModel, TenantModel

WHOLE_NUMBERS = ("_minor", "_milli", "_bp")


@pytest.fixture(scope="module")
def floor_of(source) -> dict[str, int]:
    """The floor of each table, by the module that declares it."""
    for module in source.floors:
        for file in sorted((source.root / "server" / module).glob("**/*.py")):
            text = file.read_text()
            if "TenantModel" in text or "ControlModel" in text:
                importlib.import_module(".".join(file.relative_to(source.root).with_suffix("").parts))
    mappers = [mapper for base in (TenantModel, ControlModel) for mapper in base.registry.mappers]
    return {
        mapper.local_table.fullname: source.floors.index(mapper.class_.__module__.split(".")[1]) for mapper in mappers
    }


def tables() -> list[sa.Table]:
    return [*TenantModel.metadata.sorted_tables, *ControlModel.metadata.sorted_tables]


def test_every_foreign_key_points_down(floor_of):
    upward = [
        f"{table.name} -> {key.column.table.name}"
        for table in tables()
        for key in table.foreign_keys
        if floor_of[key.column.table.fullname] > floor_of[table.fullname]
    ]

    assert upward == []
    assert any(table.foreign_keys for table in tables())


def test_money_and_quantities_are_whole_numbers(floor_of):
    columns = [column for table in tables() for column in table.columns]
    floats = [str(column) for column in columns if isinstance(column.type, sa.Numeric)]
    other = [
        str(column)
        for column in columns
        if column.name.endswith(WHOLE_NUMBERS) and not isinstance(column.type, sa.Integer)
    ]

    assert floats == []
    assert other == []
    assert any(column.name.endswith("_minor") for column in columns)
