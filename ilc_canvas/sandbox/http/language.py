"""Refusals in another language: a client that knows them by their text is caught by it, as on a real Canvas."""

import re
from typing import Any

SPANISH = {
    "unauthenticated": "no autenticado",
    "user authorization required": "Autorización del usuario requerida",
    "unauthorized": "no autorizado",
    "user not authorized to perform that action": "el usuario no está autorizado para realizar esa acción",
    "ID already in use for this account and authentication provider": "La ID ya está en uso para esta cuenta y proveedor de autenticación",
    "End date cannot be before start date": "La fecha de finalización no puede ser anterior a la fecha de inicio",
    "End dates cannot be before start dates": "Las fechas de finalización no pueden ser anteriores a las fechas de inicio",
    "Cannot delete a term with active courses": "No se puede eliminar un período con cursos activos",
    "A role with this name already exists": "Ya existe un rol con este nombre",
}
TAKEN = re.compile(r'SIS ID "(.*)" is already in use')


def asked_language(header: str | None) -> str | None:
    """The language that Accept-Language asks for, of the two spoken here."""
    wanted = (header or "")[:2].lower()
    return wanted if wanted in {"en", "es"} else None


def in_spanish(value: Any, *, newer: bool, key: str = "") -> Any:
    """A refusal in Spanish. Newer builds leave the status word of a missing right in English."""
    if isinstance(value, dict):
        return {name: in_spanish(inner, newer=newer, key=name) for name, inner in value.items()}
    if isinstance(value, list):
        return [in_spanish(inner, newer=newer, key=key) for inner in value]
    if not isinstance(value, str) or (newer and (key, value) == ("status", "unauthorized")):
        return value
    return SPANISH.get(value) or TAKEN.sub(r"La ID de SIS \1 ya está en uso", value)
