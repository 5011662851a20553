"""What goes out again when a refused message is replayed."""

from services.ingest.core.dead_letter import sent_again


def test_what_goes_out_again_is_what_came_in_but_for_its_arrival_and_who_waited() -> None:
    own = (("traceparent", b"00-1"), ("x-desk", None), ("X-Desk", b"7"))
    assert sent_again((*own, ("ce_arrived", b"1/2/3"), ("CE_Requestid", b"x"))) == own
