"""The schedule of `dev prove`."""

from tests.proof.faults import FAULTS
from tests.proof.schedule import AFTER_S, KINDS, schedule


def test_a_seed_draws_the_same_faults_each_time_and_another_seed_others() -> None:
    assert schedule(1, 50) == schedule(1, 50)
    assert schedule(1, 50) != schedule(2, 50)


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    assert schedule(1, 50)[:19] == schedule(1, 20)[:19]


def test_every_kind_happens_before_one_happens_again() -> None:
    assert {fault.kind for fault in schedule(7, len(KINDS) + 1)[:-1]} == KINDS.keys()


def test_a_run_ends_with_a_rollback_that_no_later_view_makes_good() -> None:
    for faults in (1, 8, 50):
        last = schedule(1, faults)[-1]
        assert len(schedule(1, faults)) == faults
        assert last.kind == "rolled_back"
        assert last.length_s > AFTER_S
    assert schedule(1, 0) == []


def test_every_kind_is_known_to_do_something() -> None:
    assert FAULTS.keys() == KINDS.keys()


def test_faults_follow_each_other_in_time() -> None:
    moments = [fault.at_s for fault in schedule(3, 100)]
    assert moments == sorted(moments)
