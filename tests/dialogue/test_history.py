"""A conversation read back from the tracker's events."""

from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from bot.dialogue.history import Reply, Turn, read_turns


def test_replies_belong_to_the_message_before_them() -> None:
    question = UserUttered("grijs scherm", timestamp=10.0)
    question.message_id = "m1"
    metadata = {"outcome": "answer", "language": "nl", "topics": ["grey_screen"]}
    events = [
        ActionExecuted("action_session_start"),
        question,
        SlotSet("language", "nl"),
        BotUttered("Eén.", {"buttons": None}, {"metadata": metadata}, timestamp=11.0),
        BotUttered("Twee.", {"buttons": [{"title": "A", "payload": "a", "type": "x"}]}, {}, 12.0),
    ]

    turns = read_turns(events)

    assert turns == [
        Turn(
            "m1",
            "grijs scherm",
            10.0,
            [
                Reply("Eén.", "answer", "nl", ["grey_screen"]),
                Reply("Twee.", "smalltalk", "en", buttons=[{"title": "A", "payload": "a"}]),
            ],
        )
    ]


def test_a_message_without_an_answer_is_still_there() -> None:
    assert [turn.replies for turn in read_turns([UserUttered("hallo")])] == [[]]
