"""Getting the bytes of new mails, some at a time."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence

from bot.mailbox.ports import Mailbox

_BATCH_MAILS = 25
_BATCH_BYTES = 5_000_000


async def fetched(
    mailbox: Mailbox, undecided: Sequence[tuple[int, int]], max_bytes: int
) -> AsyncIterator[tuple[int, bytes | int | None]]:
    """Give each mail's bytes; its size when it is too large, None when it is gone."""
    for start in range(0, len(undecided), _BATCH_MAILS):
        batch = undecided[start : start + _BATCH_MAILS]
        sizes = await to_thread(mailbox.sizes, [uid for _, uid in batch])
        wanted = [uid for _, uid in batch if sizes.get(uid, max_bytes + 1) <= max_bytes]
        is_small = sum(sizes[uid] for uid in wanted) <= _BATCH_BYTES
        together = await to_thread(mailbox.fetch, wanted) if is_small else {}
        for mail_id, uid in batch:
            if uid in wanted and not is_small:
                yield mail_id, (await to_thread(mailbox.fetch, [uid])).get(uid)
            else:
                yield mail_id, together.get(uid) if uid in wanted else sizes.get(uid)
