"""Who is in the demo, and what they have said. Each talk is a pair, and lines of (days ago, hour:minute, who, text).

A text that begins with `^` is an edit of the same person's line before, `>` answers the line before with a quote.
"""

from typing import NamedTuple


class DemoPerson(NamedTuple):
    user_name: str
    display_name: str
    language: str
    roles: tuple[str, ...]


class DemoTalk(NamedTuple):
    people: tuple[str, str]
    lines: tuple[tuple[int, str, str, str], ...]
    unread: int = 0  # how many of the last lines the first person has not read


PEOPLE = (
    DemoPerson("alice", "Alice Winter", "en", ("student",)),
    DemoPerson("bob", "Bob Meyer", "en", ("supervisor", "examiner")),
    DemoPerson("carol", "Carol Okafor", "en", ("examiner",)),
    DemoPerson("dave", "Dave Lindqvist", "de", ("student",)),
    DemoPerson("erin", "Erin Nguyen", "en", ()),
    DemoPerson("frank", "Frank Baumgärtner", "de", ("student",)),
    DemoPerson("grace", "Grace Adeyemi", "en", ("coordinator",)),
    DemoPerson("heidi", "Heidi Subramanian", "en", ("supervisor",)),
)

TALKS = (
    DemoTalk(
        ("alice", "bob"),
        (
            (3, "14:02", "alice", "I reran the stalled-viewer test over the slow link."),
            (3, "14:02", "alice", "With credit the lag stays at 1.4 s; without it, it grows past 20 s."),
            (3, "14:09", "bob", "That is the figure to open chapter 5 with. Can you put both curves on one axis?"),
            (3, "14:31", "bob", "Which queue was that, 30 frames or the old 120?"),
            (3, "14:40", "alice", ">30. The run with 120 is in the appendix."),
            (3, "14:41", "alice", "^30. The run with 120 is in the appendix, together with the raw logs."),
            (
                2,
                "11:26",
                "alice",
                "The credit is now a formula and no longer a constant:\n\n"
                "```\ncredit = max(4, ceil(1.5 * fps * rtt))\n```\n\nIt settles from the second RTT sample on.",
            ),
            (2, "11:58", "bob", "Much better. Say in the text *why* 1.5, a reader will ask."),
            (
                2,
                "12:05",
                "alice",
                "One and a half round trips: one to be told, half of one for jitter. I measured 1.3 to 1.6.",
            ),
            (1, "08:51", "alice", "Good morning! Figure 12 has both curves now, draft 4 shows it on page 47."),
            (
                1,
                "09:34",
                "bob",
                "Section 4.2 is read. Two blocking remarks, both small:\n\n"
                "- the RTT sample on page 31\n- the missing unit in figure 12",
            ),
            (1, "09:41", "alice", "Thank you. Both by tonight."),
            (1, "21:17", "alice", "Done, and the axis says **ms** at last."),
            (0, "08:14", "bob", "Today’s meeting moves to 15:30, room 2.014. The defence before it may run long."),
            (0, "08:15", "bob", "Please bring the raw logs of the lossy run."),
        ),
        unread=2,
    ),
    DemoTalk(
        ("alice", "carol"),
        (
            (6, "10:02", "carol", "Bob tells me that I am to be your second examiner. I look forward to it!"),
            (6, "10:20", "alice", "Thank you, Professor Okafor. May I send you the outline this week?"),
            (6, "10:21", "carol", ">Please do. And do call me Carol."),
            (4, "16:45", "alice", "The outline is in the folder. Chapters 1 to 3 stand, 4 is half done."),
            (2, "09:12", "carol", "Read on the train, I like the plan. Chapter 2 could lose three pages."),
            (2, "09:30", "alice", "I feared you would say that. Which three?"),
            (2, "09:33", "carol", "The history of RTP. Everybody who reads you knows it."),
        ),
    ),
    DemoTalk(
        ("alice", "dave"),
        (
            (5, "18:30", "dave", "Did the lab give you the key for the weekend?"),
            (5, "18:34", "alice", "Yes, it hangs behind the projector. Put it back, or *neither* of us gets it again."),
            (5, "18:35", "dave", "Promised."),
            (1, "17:03", "dave", "Disk 3 on the bench machine is slow. Is that you?"),
            (
                1,
                "17:20",
                "alice",
                "It is slow on purpose, that’s the experiment. See `tc qdisc show` before you reboot it.",
            ),
            (1, "17:21", "dave", "I nearly did."),
        ),
    ),
    DemoTalk(
        ("bob", "carol"),
        (
            (4, "09:58", "carol", "The projector in 2.014 is back."),
            (4, "10:12", "bob", "Then we can have the defence there. Tuesday at ten?"),
            (4, "10:17", "carol", "Tuesday at ten is fine with me."),
            (0, "07:55", "carol", "Minutes of the board are in the folder: item 4 is ours."),
        ),
        unread=1,
    ),
    DemoTalk(
        ("dave", "bob"),
        (
            (7, "15:10", "dave", "Ich habe das Exposé überarbeitet, die Forschungsfrage steht jetzt vorn."),
            (7, "16:02", "bob", "Schon viel klarer. Was genau messen Sie, und womit vergleichen Sie?"),
            (6, "09:40", "dave", "Die Zeit bis zum ersten Bild, verglichen mit dem bisherigen Stand im Labor."),
            (6, "09:55", "bob", "Gut. Dann bis Freitag die zwei Seiten zum Messaufbau."),
            (1, "13:22", "dave", "Ich schicke die überarbeitete Fassung bis Freitag."),
        ),
    ),
)
