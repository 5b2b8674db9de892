"""db upgrade, db current"""

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json


def upgrade() -> None:
    """Bring the store's schema to this program's version."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store import schema
    from ilc_canvas.store.engine import open_store

    store = open_store(bootstrap.begin().store, create=True)
    schema.upgrade(store)
    say(f"The store {store.name} has schema {schema.current(store)}.")
    store.close()


def current(as_json: Json = False) -> None:
    """The store's schema, and this program's."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store import schema
    from ilc_canvas.store.engine import open_store

    store = open_store(bootstrap.begin().store)
    have, want = schema.current(store), schema.head()
    store.close()
    if as_json:
        say_json({"current": have, "head": want})
    else:
        say(f"The store has schema {have}; this program needs {want}.")
