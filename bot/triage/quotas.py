"""How many automatic answers may leave: loops and floods end here (RFC 3834 §2)."""

from dataclasses import dataclass

# The part of an hour's answers that is kept for people who were answered before or have a
# ticket: whoever invents senders spends the rest only.
_SHARE_OF_STRANGERS = 0.75
# Their mailboxes belong to millions of people, who share nothing but the provider.
_FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.be hotmail.com hotmail.be hotmail.fr live.be
    live.com msn.com yahoo.com yahoo.fr icloud.com me.com proton.me protonmail.com gmx.net gmx.com
    telenet.be skynet.be proximus.be scarlet.be voo.be orange.fr wanadoo.fr free.fr laposte.net
    ziggo.nl kpnmail.nl xs4all.nl
    """.split()
)


@dataclass(frozen=True)
class Quotas:
    """The most answers that may go out.

    To a sender or a recipient in an hour, in a thread, to a domain in an hour, in all an hour.
    """

    per_sender_hour: int = 4
    per_thread: int = 8
    per_hour: int = 200
    per_domain_hour: int = 40


@dataclass(frozen=True)
class AnswersSoFar:
    """What was answered already.

    ``same_to_recipient``: this very text in the last seven days. ``is_known``: the recipient
    was answered before this hour, or has a ticket.
    """

    to_sender_hour: int = 0
    to_recipient_hour: int = 0
    to_domain_hour: int = 0
    in_thread: int = 0
    in_hour: int = 0
    same_to_recipient: int = 0
    bounced: int = 0
    is_known: bool = False


def quota_reason(so_far: AnswersSoFar, quotas: Quotas, recipient: str = "") -> str:
    """Say why one answer more would be too many; empty when it may go."""
    is_shared = domain_of(recipient) in _FREE_MAIL
    is_familiar = so_far.is_known or so_far.in_thread > 0
    share = 1 if is_familiar else _SHARE_OF_STRANGERS
    reasons = {
        "bounced_before": so_far.bounced > 0,
        "same_answer_before": so_far.same_to_recipient > 0,
        "quota_sender": so_far.to_sender_hour >= quotas.per_sender_hour,
        "quota_recipient": so_far.to_recipient_hour >= quotas.per_sender_hour,
        "quota_thread": so_far.in_thread >= quotas.per_thread,
        "quota_domain": so_far.to_domain_hour >= quotas.per_domain_hour and not is_shared,
        "quota_hour": so_far.in_hour >= quotas.per_hour * share,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


def domain_of(address: str) -> str:
    """Name the domain of an address."""
    return address.rpartition("@")[2]
