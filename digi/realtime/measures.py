"""What is counted of sockets, of events and of what is stored together."""

from digi.tally import Counter, Histogram

deliveries = Counter("digi_deliveries", "Events handed to sockets, each socket counted.")
gaps = Counter("digi_gaps_repaired", "Times that a socket had missed a number and read it from the database.")
drops = Counter(
    "digi_layer_drops",
    "Batches of events that were not published: the queue was full, they could not be sent, or not be read.",
    "reason",
    ("full", "unsent", "unread"),
)
failures = Counter("digi_layer_failures", "Times that the channel layer did not answer.")
batches = Histogram(
    "digi_commit_batch_size", "What was written in one transaction.", (1, 2, 5, 10, 20, 50, 100, 200, 500)
)
commits = Histogram(
    "digi_commit_seconds",
    "How long such a transaction took, with the wait for its turn.",
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    scale=1_000_000,
)


def committed(count: int, seconds: float) -> None:
    """A batch of so many was written, in so many seconds."""
    batches.observe(count)
    commits.observe(seconds)
