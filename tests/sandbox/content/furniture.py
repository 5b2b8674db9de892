"""What people do to the content of a course, through the administrator's token."""

from dataclasses import dataclass
from typing import Any

from tests.sandbox.calendar.cast import Cast
from tests.sandbox.conformance import Exchange
from tests.sandbox.person import grouped


@dataclass(frozen=True)
class Furniture:
    """The course of a cast; `by` is the person who does it, else the administrator."""

    cast: Cast

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None, *, by: int | None = None, **query: Any) -> Exchange:
        address = f"courses/{self.cast.course}/{path}" if path else f"courses/{self.cast.course}"
        return self.cast.ask(method, address, fields, by=by, **query)

    def get(self, path: str, *, by: int | None = None, **query: Any) -> Any:
        answer = self.ask("GET", path, by=by, **query)
        assert answer.status == 200, answer.text
        return answer.body

    def change(self, *, by: int | None = None, **fields: Any) -> Exchange:
        """PUT of the course itself."""
        return self.ask("PUT", "", grouped("course", fields), by=by)

    def page(self, title: str = "Plan", *, by: int | None = None, **fields: Any) -> int:
        made = self.ask("POST", "pages", grouped("wiki_page", {"title": title, "body": "<p>text</p>", **fields}), by=by)
        assert made.status == 200, made.text
        return int(made.body["page_id"])

    def put_page(self, page: int, *, by: int | None = None, **fields: Any) -> Exchange:
        return self.ask("PUT", f"pages/page_id:{page}", grouped("wiki_page", fields), by=by)

    def see_page(self, page: int, *, by: int | None = None) -> Any:
        return self.get(f"pages/page_id:{page}", by=by)

    def revisions(self, page: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"pages/page_id:{page}/revisions", per_page=100)
        return found

    def revert(self, page: int, number: int, *, by: int | None = None) -> Exchange:
        return self.ask("POST", f"pages/page_id:{page}/revisions/{number}", by=by)

    def module(self, name: str = "Week", **fields: Any) -> int:
        made = self.ask("POST", "modules", grouped("module", {"name": name, **fields}))
        assert made.status == 200, made.text
        return int(made.body["id"])

    def put_module(self, module: int, *, by: int | None = None, **fields: Any) -> Exchange:
        return self.ask("PUT", f"modules/{module}", grouped("module", fields), by=by)

    def page_item(self, module: int, page: int, **fields: Any) -> int:
        """A page in a module."""
        slug = self.see_page(page)["url"]
        return self.item(module, type="Page", page_url=slug, **fields)

    def item(self, module: int, **fields: Any) -> int:
        made = self.ask("POST", f"modules/{module}/items", grouped("module_item", fields))
        assert made.status == 200, made.text
        return int(made.body["id"])

    def put_item(self, module: int, item: int, *, by: int | None = None, **fields: Any) -> Exchange:
        return self.ask("PUT", f"modules/{module}/items/{item}", grouped("module_item", fields), by=by)

    def items(self, module: int, *, by: int | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"modules/{module}/items", by=by, per_page=100)
        return found

    def topic(self, title: str = "Talk", *, by: int | None = None, **fields: Any) -> int:
        made = self.ask("POST", "discussion_topics", {"title": title, "message": "<p>text</p>", **fields}, by=by)
        assert made.status == 200, made.text
        return int(made.body["id"])

    def put_topic(self, topic: int, *, by: int | None = None, **fields: Any) -> Exchange:
        return self.ask("PUT", f"discussion_topics/{topic}", fields, by=by)

    def see_topic(self, topic: int, *, by: int | None = None) -> Any:
        return self.get(f"discussion_topics/{topic}", by=by)

    def front(self) -> int | None:
        """The number of the front page, if there is one."""
        answer = self.ask("GET", "front_page")
        return int(answer.body["page_id"]) if answer.status == 200 else None

    def home(self) -> str:
        view: str = self.get("")["default_view"]
        return view
