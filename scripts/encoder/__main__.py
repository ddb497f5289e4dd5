"""Tunes multilingual-e5-small on our data and writes it as one file in int8, with its heads.

make encoder        all of it
make heads          the heads alone, on the encoder that is there
"""

import argparse
import json
import sys
from pathlib import Path

import torch

from bot.nlu.encoder import FILE, Tokenizer
from bot.reading.model import Names
from scripts.encoder.examples import Example, read_intents, read_moves
from scripts.encoder.export import Middle, Tuned, write_encoder
from scripts.encoder.labels import FILINGS, Labels
from scripts.encoder.network import Encoder, Heads
from scripts.encoder.package import Pretrained, read_package
from scripts.encoder.teaching import teach
from scripts.encoder.tuning import Tuning, mean_and_spread, tokenise
from scripts.encoder.vocabulary import keep_pieces, load, write

_PROJECT = Path(__file__).parent.parent.parent
_SEED = 1
# Enough examples for a mean.
_OF_THE_MIDDLE = 3000


def main() -> None:
    """Tune, write, teach the heads, and say what they get right on the tenth held back."""
    options = _options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(_SEED)
    moves = read_moves(_PROJECT / "data" / "moves")
    if not options.heads:
        _tune(moves, options)
    json.dump(teach(options.output, moves, options.threads), sys.stdout, indent=1)
    print()


def _tune(moves: list[Example], options: argparse.Namespace) -> None:
    examples = [*read_intents(_PROJECT / "data" / "nlu"), *moves]
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
    learnt = [tokenise(e, tokenizer, labels) for e in examples if not e.is_held_back]
    tuning = Tuning(encoder, heads, labels, options.frozen)
    of_intents = [item for item in learnt if item.example.intent is not None]
    of_moves = [item for item in learnt if item.example.intent is None]
    queue = of_intents * options.epochs + of_moves * options.move_epochs
    tuning.run(queue, options.minutes)
    names = Names((), (), (), tuple(asked))
    middle = Middle(*mean_and_spread(encoder, learnt[:: len(learnt) // _OF_THE_MIDDLE]))
    write_encoder(options.output, Tuned(encoder, names, middle, model))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=FILE)
    parser.add_argument("--heads", action="store_true", help="teach the heads alone")
    parser.add_argument("--frozen", type=int, default=0, help="lowest layers left as they are")
    parser.add_argument("--epochs", type=int, default=2, help="how often each intent's examples")
    # Topics are learnt anew at each training; moves and details are learnt here alone.
    parser.add_argument("--move-epochs", type=int, default=3, help="how often moves and details")
    parser.add_argument("--minutes", type=float, default=600, help="stop by then")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def _meaning(asked: str, pretrained: Pretrained) -> torch.Tensor:
    """Let a question begin as the mean of the words it is named by."""
    whole = load(write(pretrained.pieces, pretrained.scores.tolist(), ()))
    pieces = whole.encode(asked.replace("_", " "))
    return torch.from_numpy(pretrained.tensors["emb.word"][pieces].mean(axis=0))


if __name__ == "__main__":
    main()
