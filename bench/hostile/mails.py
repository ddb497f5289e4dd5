"""All hostile mails, the same ones for the same seed.

python -m bench.hostile.mails FOLDER      writes each as a file, to look at or to triage
"""

import argparse
import random
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from bench.hostile import mail_deceit, mail_headers, mail_parts, mail_texts
from bench.hostile.kinds import Attempt, HostileMail, Kind

KINDS: tuple[Kind, ...] = (
    *mail_headers.KINDS,
    *mail_texts.KINDS,
    *mail_parts.KINDS,
    *mail_deceit.KINDS,
)


def write_mails(seed: int, *, without: Collection[str] = ()) -> Iterator[HostileMail]:
    """Write every mail of every kind, one when it is asked for: some have 25 MB.

    The first mail of each kind comes before the second of any, so that the first hundred
    are a fair sample. ``without``: kinds to leave out.
    """
    order = random.Random(seed)
    for number in range(max(kind.number for kind in KINDS)):
        of_this_round = [k for k in KINDS if number < k.number and k.name not in without]
        order.shuffle(of_this_round)
        for kind in of_this_round:
            yield write_mail(kind, number, seed)


def write_mail(kind: Kind, number: int, seed: int) -> HostileMail:
    """Write one mail."""
    attempt = Attempt(kind.name, number, random.Random(f"{seed}/{kind.name}/{number}"))
    return HostileMail(kind, attempt, kind.build(attempt))


def main() -> None:
    """Write them to a folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile.mails", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=10_000)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for mail in islice(write_mails(arguments.seed), arguments.most):
        name = f"{mail.kind.name}.{mail.attempt.number}.eml"
        (arguments.folder / name).write_bytes(mail.raw)


if __name__ == "__main__":
    main()
