"""What Prometheus may ask about."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

# A turn takes 10-20 ms here; the budget ends at 20, trouble begins at 100.
_SECONDS = (0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 5)
_STALL_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.replies = Counter(
            "cybo_replies_total",
            "Replies by channel, outcome and language",
            ["channel", "outcome", "language"],
            registry=self._registry,
        )
        self.problems = Counter(
            "cybo_problems_total",
            "Requests refused, by error code",
            ["code"],
            registry=self._registry,
        )
        self.turn_seconds = Histogram(
            "cybo_turn_seconds",
            "Time from a message to its answer",
            ["channel"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.mails_received = Counter(
            "cybo_mails_received_total", "Mails found in the inbox", registry=self._registry
        )
        self.mails = Counter(
            "cybo_mails_total",
            "Mails by what became of them; together as many as were received",
            ["outcome", "reason"],
            registry=self._registry,
        )
        self.mailbox_age = Gauge(
            "cybo_mailbox_age_seconds",
            "Time since the mailbox was last read through",
            registry=self._registry,
        )
        self.outbox = Gauge(
            "cybo_outbox_items",
            "Tickets and answers by delivery status; parked and doubtful ones need a person",
            ["status"],
            registry=self._registry,
        )
        self.loop_stalls = Histogram(
            "cybo_event_loop_stall_seconds",
            "How late the event loop came to a task of every 20 ms",
            buckets=_STALL_SECONDS,
            registry=self._registry,
        )
        self.dialogue_stalls = Histogram(
            "cybo_dialogue_stall_seconds",
            "How late the loop that computes turns came to a task of every 20 ms",
            buckets=_STALL_SECONDS,
            registry=self._registry,
        )
        self._longest_stall_s = 0.0
        longest = Gauge(
            "cybo_event_loop_longest_stall_seconds",
            "The longest of these delays since the last scrape",
            registry=self._registry,
        )
        longest.set_function(self._take_longest_stall)
        self.open_chats = Gauge(
            "cybo_open_chats", "Chats open over WebSocket", registry=self._registry
        )

    def received(self, number: int) -> None:
        """Count new mails."""
        self.mails_received.inc(number)

    def settled(self, outcome: str, reason: str) -> None:
        """Count a mail's outcome."""
        self.mails.labels(outcome, reason).inc()

    def stalled(self, seconds: float) -> None:
        """Note how late the loop that answers the network was."""
        self.loop_stalls.observe(seconds)
        self._longest_stall_s = max(self._longest_stall_s, seconds)

    def _take_longest_stall(self) -> float:
        longest_s, self._longest_stall_s = self._longest_stall_s, 0.0
        return longest_s

    def render(self) -> bytes:
        """Write all metrics in Prometheus's text format."""
        return generate_latest(self._registry)
