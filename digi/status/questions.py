"""What the page's charts ask, in chapters, and how far back they look."""

from django.utils.translation import gettext_lazy as _

from digi.status import amounts
from digi.status.figures import Question
from digi.status.services.history import Range

RANGES = {
    Range.HOUR: _("Hour"),
    Range.DAY: _("Day"),
    Range.WEEK: _("Week"),
    Range.MONTH: _("30 days"),
}
A_MINUTE, A_SECOND = _("a minute"), _("a second")
WAITING, FAILED = _("waiting"), _("failed")

PEOPLE = [
    Question("people", _("People online"), _("people"), [("people", _("online"))], whole=True),
    Question("sockets", _("Open sockets"), _("of browsers and programs"), [("sockets", _("open"))], whole=True),
    Question(
        "requests",
        _("Requests"),
        A_MINUTE,
        [("requests", _("answered")), ("requests failed", _("with 5xx"))],
    ),
]
DELIVERY = [
    Question("stored", _("Messages and other changes"), A_MINUTE, [("stored", _("stored"))]),
    Question("deliveries", _("Deliveries"), A_MINUTE, [("deliveries", _("to sockets"))]),
    Question(
        "batch",
        _("What one transaction stores"),
        _("changes"),
        [("batch", _("on average")), ("batch p95", _("19 of 20 at most"))],
    ),
    Question(
        "commit",
        _("How long that takes"),
        _("with the wait for its turn"),
        [("commit p50", _("half at most")), ("commit p95", _("19 of 20 at most"))],
        amounts.seconds,
    ),
    Question(
        "mended",
        _("What had to be mended"),
        A_MINUTE,
        [
            ("gaps", _("read again")),
            ("layer drops", _("not published")),
            ("layer failures", _("layer silent")),
        ],
    ),
]
WORKER = [
    Question("mails", _("Mails"), _("not sent"), [("mails waiting", WAITING), ("mails failed", FAILED)], whole=True),
    Question("sent", _("Mails sent"), A_MINUTE, [("mails sent", _("sent"))]),
    Question("jobs", _("Jobs"), _("not done"), [("jobs waiting", WAITING), ("jobs failed", FAILED)], whole=True),
    Question(
        "late",
        _("Lateness"),
        _("of the oldest"),
        [("mails late", _("mail")), ("jobs late", _("job"))],
        amounts.seconds,
    ),
    Question("webhooks", _("Webhooks"), _("that fail"), [("webhooks failing", _("failing"))], whole=True),
]
CAMERAS = [
    Question("viewers", _("People who watch"), _("people"), [("viewers", _("viewers"))], whole=True),
    Question(
        "frames",
        _("Pictures"),
        A_SECOND,
        [("frames", _("from the agents")), ("dropped", _("left out"))],
    ),
    Question("recordings", _("Recordings"), _("all of them"), [("recordings", _("take"))], amounts.size, binary=True),
]
MACHINE = [
    Question(
        "memory",
        _("Memory"),
        _("of all processes of a kind"),
        [("memory of servers", _("servers")), ("memory of workers", _("workers"))],
        amounts.size,
        binary=True,
    ),
    Question(
        "disk",
        _("Disk"),
        _("where the uploads lie"),
        [("disk", _("taken")), ("disk size", _("there is"))],
        amounts.size,
        binary=True,
    ),
]
CHAPTERS = [
    (_("People"), PEOPLE),
    (_("Storing and delivering"), DELIVERY),
    (_("Worker"), WORKER),
    (_("Cameras"), CAMERAS),
    (_("Machine"), MACHINE),
]
