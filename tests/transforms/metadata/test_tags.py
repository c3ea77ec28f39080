"""Keywords."""

from transforms.metadata import tags


def test_tags_are_split_tidied_and_each_kept_once() -> None:
    assert tags.split(["Wetter, Norden;Regen", "wetter", " #Sturm ", ",", "R&amp;B"]) == (
        "Wetter",
        "Norden",
        "Regen",
        "Sturm",
        "R&B",
    )


def test_a_sentence_is_no_tag() -> None:
    assert tags.split(["x" * 200]) == ()
