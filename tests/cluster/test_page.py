"""The figures find their place in the document, and what is lost is told."""

import pytest
from drill import page, shipped
from drill.play import Fault, Outcome
from drill.verdict import Verdict

OUTCOME = Outcome(
    faults=(Fault("ql-2", ("$MQTT_msgs", "meta"), 1, watched=True, silence_s=9.96, back_s=4.04),),
    verdict=Verdict(journaled=9000, lost=2, clashes=0, strange=0, repeats=31, fetched=7),
    rate=98.7,
    seconds=131.2,
    connections=4,
    pages=22,
    documents=172,
    differing=0,
    node_mb=(30.2, 31.9, 29.5),
)


def test_figures_take_the_place_of_earlier_ones() -> None:
    document = shipped.DOCUMENT.read_text()
    once = page.inserted(document, page.table(OUTCOME))
    assert page.inserted(once, page.table(OUTCOME)) == once
    assert "| ql-2 | `$MQTT_msgs`, `meta` | 1 | yes | 10.0 | 4.0 |" in once
    assert "| **lost** | **2** |" in once
    before, _, after = once.partition(page.BEGIN)
    assert document.startswith(before)
    assert document.endswith(after.partition(page.END)[2])


def test_a_document_without_a_place_for_them_is_told() -> None:
    with pytest.raises(LookupError, match="lacks the line"):
        page.inserted("# Other", "figures")


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (5, 1, 0, 0), (5, 0, 1, 0), (5, 0, 0, 1)])
def test_nothing_journaled_or_anything_amiss_is_no_success(
    counts: tuple[int, int, int, int],
) -> None:
    assert not Verdict(*counts, repeats=0, fetched=0).good
    assert Verdict(5, 0, 0, 0, repeats=9, fetched=9).good
