"""Formulas of the knowledge base, such as 'weight_kg / (height_cm / 100) ** 2': one tree for both interpreters."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


@dataclass(frozen=True)
class Formula:
    """Plain arithmetic over named values: + - * / ** and brackets, and atan_deg(x) in degrees.

    Raises:
        ValueError: the text holds anything else (a call, an attribute, a comparison).

    """

    text: str

    def __post_init__(self) -> None:
        """Refuse at once what is not plain arithmetic."""
        _ = self.names

    @cached_property
    def _tree(self) -> ast.expr:
        try:
            return ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise ValueError(f"formula {self.text!r}: {error.msg}") from None

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables the formula needs."""
        if not all(map(_is_arithmetic, ast.walk(self._tree))):
            raise self._refusal()
        calls = {
            node.func.id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        return frozenset(node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)) - calls

    @cached_property
    def constants(self) -> tuple[float, ...]:
        """Every number written in the formula."""
        return tuple(
            float(node.value)
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
        )

    def value(self, values: Mapping[str, Any]) -> float | None:
        """The formula's value, or None when an input is missing or the arithmetic has no result."""
        try:
            result = self._fold(self._tree, lambda name: _number(values.get(name)), _atan_degrees)
        except (_MissingError, ArithmeticError):
            return None
        return float(result) if isinstance(result, (int, float)) and math.isfinite(result) else None

    def build(self, name_of: Callable[[str], Any], atan_degrees: Callable[[Any], Any]) -> Any:
        """The formula over other things than numbers, for example column expressions."""
        return self._fold(self._tree, name_of, atan_degrees)

    def _fold(self, node: ast.expr, name_of: Callable[[str], Any], atan_degrees: Callable[[Any], Any]) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return number
            case ast.Name(id=name):
                return name_of(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._fold(operand, name_of, atan_degrees)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](
                    self._fold(left, name_of, atan_degrees), self._fold(right, name_of, atan_degrees)
                )
            case ast.Call(func=ast.Name(id="atan_deg"), args=[argument], keywords=[]):
                return atan_degrees(self._fold(argument, name_of, atan_degrees))
            case _:
                raise self._refusal()

    def _refusal(self) -> ValueError:
        return ValueError(f"formula {self.text!r}: only names, numbers, + - * / ** and brackets are allowed")


def _is_arithmetic(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return type(value) in {int, float}
        case ast.Call(func=func, args=args, keywords=keywords):
            return isinstance(func, ast.Name) and func.id == "atan_deg" and len(args) == 1 and not keywords
        case _:
            return isinstance(node, (ast.Name, ast.Load, ast.UnaryOp, ast.USub, ast.BinOp, *_OPERATORS))


class _MissingError(Exception):
    """An input of the formula is not known."""


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _MissingError
    return float(value)


def _atan_degrees(ratio: float) -> float:
    if isinstance(ratio, complex):  # the root of a negative number
        raise _MissingError
    return math.degrees(math.atan(ratio))
