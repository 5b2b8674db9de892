"""The part of the desired state that has names."""

from ilc_canvas.program.desired import desired_state, named_state
from tests.bench.large import POLICY
from tests.program.sample import roster


def test_named_state_has_all_names() -> None:
    """It is the desired state without enrollments, none of which has a name; what is named is named alike."""
    whole, named = desired_state(roster(4), POLICY), named_state(roster(4), POLICY)
    assert named.records == {key: record for key, record in whole.records.items() if not record.rule.is_placement}
    assert not [record for record in whole if record.rule.is_placement and "name" in record.fields]
