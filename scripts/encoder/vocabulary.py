"""Chooses the pieces that the encoder keeps, and writes them as a SentencePiece model.

Of 250,002 pieces in a hundred languages those stay that our data and the most frequent words of
Dutch, French, English and German are made of, and every single letter or mark of European
writing, so that no word is left without pieces. What has none at all is `<unk>`.
"""

import io
import unicodedata
from collections.abc import Iterable, Sequence

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as proto
from wordfreq import top_n_list

from scripts.encoder.package import Pretrained

_LANGUAGES = ("nl", "fr", "en", "de")
_WORDS = 50_000
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_BLANK = "\u2581"
# Latin, Greek and Cyrillic letters, and their punctuation, stand before this code point.
_EUROPEAN = 0x0530
_PIECE = proto.ModelProto.SentencePiece


def keep_pieces(pretrained: Pretrained, texts: Iterable[str]) -> list[int]:
    """Give the places of the kept pieces, the special ones first, in the package's order."""
    whole = load(write(pretrained.pieces, pretrained.scores.tolist(), ()))
    kept = set(range(len(_SPECIAL)))
    kept.update(piece for tokens in whole.encode(list(texts)) for piece in tokens)
    for language in _LANGUAGES:
        words = top_n_list(language, _WORDS)
        spelt = [form for word in words for form in (word, word.capitalize(), word.upper())]
        kept.update(piece for tokens in whole.encode(spelt) for piece in tokens)
    kept.update(place for place, piece in enumerate(pretrained.pieces) if _is_letter(piece))
    return sorted(kept)


def _is_letter(piece: str) -> bool:
    mark = piece.removeprefix(_BLANK)
    return len(mark) == 1 and (
        ord(mark) < _EUROPEAN or unicodedata.category(mark) in {"Pd", "Pi", "Pf", "Po", "Sc", "So"}
    )


def write(pieces: Sequence[str], scores: Sequence[float], markers: Sequence[str]) -> bytes:
    """Write a SentencePiece model; ``markers`` are pieces of their own that no text can make."""
    model = proto.ModelProto()
    model.normalizer_spec.CopyFrom(_normalizer())
    model.trainer_spec.model_type = proto.TrainerSpec.UNIGRAM
    model.trainer_spec.unk_id = _SPECIAL.index("<unk>")
    model.trainer_spec.bos_id = _SPECIAL.index("<s>")
    model.trainer_spec.eos_id = _SPECIAL.index("</s>")
    model.trainer_spec.pad_id = _SPECIAL.index("<pad>")
    for piece, score in zip(pieces, scores, strict=True):
        if piece == "<unk>":
            kind = _PIECE.UNKNOWN
        elif piece in _SPECIAL or piece == "<mask>":
            kind = _PIECE.CONTROL
        else:
            kind = _PIECE.NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    for marker in markers:
        model.pieces.add(piece=marker, score=0.0, type=_PIECE.CONTROL)
    return bytes(model.SerializeToString())


def load(model: bytes) -> spm.SentencePieceProcessor:
    """Make a tokenizer of what ``write`` gave."""
    return spm.SentencePieceProcessor(model_proto=model)


def _normalizer() -> proto.NormalizerSpec:
    """Give the rules by which XLM-R's model reads Unicode (nmt_nfkc): SentencePiece has them."""
    trained = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g h"] * 10),
        model_writer=trained,
        vocab_size=12,
        hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    model = proto.ModelProto()
    model.ParseFromString(trained.getvalue())
    return model.normalizer_spec
