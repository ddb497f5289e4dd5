"""Tunes multilingual-e5-small on our data and writes it as one file in int8.

make encoder
"""

import argparse
import json
import sys
from pathlib import Path

import torch

from bot.nlu.encoder import FILE, Tokenizer
from bot.reading.model import Names
from scripts.encoder.examples import read_intents, read_moves
from scripts.encoder.export import Middle, Tuned, write_encoder
from scripts.encoder.labels import FILINGS, Labels
from scripts.encoder.measures import measure
from scripts.encoder.network import Encoder, Heads
from scripts.encoder.package import Pretrained, read_package
from scripts.encoder.tuning import Tokenised, Tuning, mean_and_spread, tokenise
from scripts.encoder.values import add_values
from scripts.encoder.vocabulary import keep_pieces, load, write

_PROJECT = Path(__file__).parent.parent.parent
_SEED = 1
# Enough examples for a mean.
_OF_THE_MIDDLE = 3000


def main() -> None:
    """Tune, measure on the tenth held back, and write."""
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(_SEED)
    intents = read_intents(_PROJECT / "data" / "nlu")
    moves = [move for folder in options.moves for move in read_moves(folder)]
    examples = [*intents, *moves]
    labels = Labels.of(examples)
    pretrained = read_package()
    kept = keep_pieces(pretrained, [example.text for example in examples])
    asked = sorted({example.asked for example in moves if example.asked})
    model = write(
        [pretrained.pieces[place] for place in kept],
        pretrained.scores[kept].tolist(),
        [f"<{name}>" for name in asked],
    )
    tokenizer = Tokenizer(model)
    encoder = Encoder(pretrained, kept, [_meaning(name, pretrained) for name in asked])
    heads = Heads(
        pretrained.dimensions,
        len(labels.intents),
        len(labels.move_names),
        len(labels.details),
        FILINGS,
    )
    learnt, examined = _split([tokenise(example, tokenizer, labels) for example in examples])
    tuning = Tuning(encoder, heads, labels, options.frozen)
    tuning.run(learnt * options.epochs, options.minutes)
    figures = measure(encoder, heads, labels, examined)
    json.dump(figures, sys.stdout, indent=1)
    names = Names(tuple(labels.move_names), tuple(labels.details), (), tuple(asked))
    middle = Middle(*mean_and_spread(encoder, learnt[:: len(learnt) // _OF_THE_MIDDLE]))
    write_encoder(options.output, Tuned(encoder, heads, names, middle, model))
    add_values(options.output, [e for e in moves if not e.is_held_back], tokenizer)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=FILE)
    parser.add_argument("--moves", type=Path, nargs="+", default=[_PROJECT / "data" / "moves"])
    parser.add_argument("--frozen", type=int, default=0, help="lowest layers left as they are")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=600, help="stop by then")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def _meaning(asked: str, pretrained: Pretrained) -> torch.Tensor:
    """Let a question begin as the mean of the words it is named by."""
    whole = load(write(pretrained.pieces, pretrained.scores.tolist(), ()))
    pieces = whole.encode(asked.replace("_", " "))
    return torch.from_numpy(pretrained.tensors["emb.word"][pieces].mean(axis=0))


def _split(items: list[Tokenised]) -> tuple[list[Tokenised], list[Tokenised]]:
    learnt: list[Tokenised] = []
    examined: list[Tokenised] = []
    for item in items:
        (examined if item.example.is_held_back else learnt).append(item)
    return learnt, examined


if __name__ == "__main__":
    main()
