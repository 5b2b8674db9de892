"""What Canvas queues for people when a page or a discussion is published in an open course (live-content 14).

Everyone is all active people of the course but whoever did it. Nothing is queued for titles and texts, modules, items and menus.
"""

from datetime import timedelta

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world import notifying
from ilc_canvas.sandbox.world.records import Page, Topic

YOUNG = timedelta(minutes=1)


def page_updated(call: Call, page: Page) -> None:
    """Not in the first minute of a page's life, and not while it is a draft."""
    if page.state == "active" and call.now - page.created_at > YOUNG:
        notifying.tell_members(
            call.world, page.course_id, notifying.UPDATED_PAGE, now=call.now, author=call.caller.id, about=(notifying.PAGE, page.id)
        )


def topic_posted(call: Call, topic: Topic) -> None:
    notifying.tell_members(
        call.world, topic.course_id, notifying.NEW_TOPIC, now=call.now, author=call.caller.id, about=(notifying.TOPIC, topic.id)
    )
