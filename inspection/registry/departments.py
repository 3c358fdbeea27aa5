"""State Council departments: a tree of its own: ``bm``, two digits department, two unit, four serial."""

_DEPARTMENTS = {"07": "工业和信息化部", "55": "国家金融监督管理总局（原银保监会）", "64": "国家烟草专卖局"}
"""Departments whose number is known from published codes; the full list is the reporting system's own."""


def department_of(code: str) -> str:
    """Two-digit number of the department of a ``bm`` code."""
    return code[2:4]


def unit_of(code: str) -> str:
    """Two-digit number of the unit within the department; ``00`` is the department itself."""
    return code[4:6]


def department_name(number: str) -> str:
    """Name of a department by its number; ``部门NN`` where the number is not in the published samples."""
    return _DEPARTMENTS.get(number, f"部门{number}")
