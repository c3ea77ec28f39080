"""The faster walk gives langdetect's own figures."""

import pytest
from langdetect.detector import Detector

from transforms import language
from transforms.language.ngrams import Walker

TEXTS = (
    "Berlin 2 : 1 Hamburg",
    "Der Gemeinderat hat am Dienstag beschlossen, die Brücke zu sperren.",
    "The council voted on Tuesday to close the bridge for two years.",
    "Městská rada v úterý rozhodla, že most bude uzavřen.",
    "Il consiglio comunale ha deciso martedì di chiudere il ponte. " * 8,
)


@pytest.mark.parametrize("text", TEXTS)
def test_the_faster_walk_gives_the_figures_of_langdetect_to_the_last_bit(text: str) -> None:
    found = []
    for kind in (Detector, Walker):
        detector = kind(language._factory())
        detector.seed = language.SEED
        detector.append(text)
        found.append([(each.lang, each.prob) for each in detector.get_probabilities()])
    assert found[0]
    assert found[0] == found[1]
