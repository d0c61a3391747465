"""Each row of the failure model, and where it is shown that it is survived."""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

FAULTS: dict[int, tuple[str, ...]] = {
    1: ("faults/test_crashes.py::test_a_worker_killed_at_any_point_leaves_a_text_that_goes_once",),
    2: ("faults/test_crashes.py::test_a_worker_killed_at_any_point_leaves_a_text_that_goes_once",),
    3: (
        "faults/test_crashes.py::test_a_worker_killed_at_any_point_leaves_a_text_that_goes_once",
        "faults/test_crashes.py::"
        "test_a_worker_killed_while_it_settles_a_doubt_leaves_it_to_the_next",
        "faults/test_kill_matrix.py::test_whoever_dies_everybody_is_texted_once",
    ),
    4: ("faults/test_provider.py::test_what_was_taken_unheard_is_found_and_not_sent_again",),
    5: ("faults/test_provider.py::test_what_was_lost_before_it_was_taken_is_sent_once_more",),
    6: (
        "faults/test_provider.py::test_a_busy_provider_is_left_alone_as_long_as_it_asks",
        "services/test_gates.py::"
        "test_no_more_than_its_rate_and_its_bucket_get_through_however_claims_fall",
    ),
    7: (
        "faults/test_provider.py::"
        "test_a_provider_that_is_gone_for_hours_is_left_alone_and_told_of_once",
    ),
    8: (
        "faults/test_provider.py::"
        "test_a_provider_that_is_gone_for_hours_is_left_alone_and_told_of_once",
        "services/test_gates.py::"
        "test_a_wrong_key_stops_the_sending_and_each_waiting_clinic_is_told_once",
    ),
    9: (
        "test_worker.py::test_the_watchdog_arms_the_jobs_again_after_three_missed_ticks",
        "services/test_messaging_machine.py::test_no_text_twice_none_lost_whatever_happens",
    ),
    10: (
        "programs/test_schedule.py::"
        "test_every_zone_has_one_occurrence_for_every_day_of_two_years_in_order",
    ),
    11: (
        "services/test_replanning.py::"
        "test_each_slot_of_a_local_date_is_sent_once_and_what_waits_is_what_the_plan_says",
        "services/test_reminders.py::test_a_slot_that_was_sent_is_not_sent_again_after_a_move",
    ),
    12: (
        "test_storage.py::test_writers_wait_for_each_other_and_lose_nothing",
        "faults/test_database.py::test_on_a_full_disk_nothing_is_sent_that_could_not_be_noted",
    ),
    13: (
        "faults/test_database.py::"
        "test_what_was_sent_while_postgresql_was_gone_is_noted_when_it_is_back",
        "services/test_delivery_in_trouble.py::"
        "test_a_database_that_stays_down_does_not_hold_a_worker_for_longer_than_a_lease",
    ),
    14: ("faults/test_database.py::test_after_a_restore_nobody_is_texted_again",),
    15: ("faults/test_processes.py::test_four_workers_side_by_side_text_nobody_twice",),
    16: ("faults/test_processes.py::test_a_worker_that_was_paused_past_its_lease_sends_nothing",),
    17: (
        "notifications/test_webhooks.py::"
        "test_a_text_that_is_delivered_twice_is_answered_the_same_and_counts_once",
        "services/test_replies.py::test_the_same_text_at_the_same_moment_counts_once",
        "services/test_receipts.py::test_a_doubled_callback_changes_nothing_but_is_kept",
    ),
    18: (
        "services/test_receipts.py::test_the_furthest_status_counts_in_any_order",
        "services/test_receipts.py::test_a_callback_proves_acceptance_and_brings_the_sid",
    ),
    19: (
        "services/test_sweeps.py::test_a_delivery_that_nobody_reported_is_found",
        "services/test_sweeps.py::test_after_three_days_a_text_is_let_go_of",
    ),
    20: ("services/test_sweeps.py::test_a_text_that_nobody_took_in_is_taken_in_once",),
    21: (
        "notifications/test_webhooks.py::test_without_a_signature_nothing_is_looked_at",
        "notifications/test_webhooks.py::test_a_signature_that_does_not_fit_is_refused",
    ),
    22: ("services/test_delivery.py::test_a_stop_between_claim_and_send_holds_the_text_back",),
    23: (
        "notifications/test_reply_phrases.py::test_an_english_text_is_read_as_it_was_meant",
        "notifications/test_reply_phrases.py::test_a_spanish_text_is_read_as_it_was_meant",
    ),
    24: (
        "services/test_receipts.py::test_a_number_found_dead_is_left_alone",
        "services/test_replies.py::test_a_wrong_number_stops_and_is_looked_into",
        "services/test_claims.py::test_an_old_number_is_not_texted",
    ),
    25: (
        "services/test_shared_phones.py::test_a_rating_belongs_to_whoever_was_asked",
        "services/test_shared_phones.py::test_stop_and_start_are_for_both",
    ),
    26: ("faults/test_outage.py::test_after_six_hours_only_what_is_still_wanted_leaves",),
    27: ("services/test_delivery.py::test_a_text_is_valid_until_it_expires_or_ten_hours",),
    28: ("services/test_claims.py::test_a_text_that_cannot_be_worded_fails_alone",),
    29: ("faults/test_outage.py::test_a_text_has_the_words_that_hold_when_it_leaves",),
    30: ("services/test_claims.py::test_a_session_reported_meanwhile_needs_no_reminder",),
    31: ("services/test_replies.py::test_two_machines_do_not_talk_to_each_other_for_long",),
    32: ("faults/test_processes.py::test_a_worker_that_is_told_to_end_finishes_what_is_under_way",),
    33: ("faults/test_processes.py::test_a_scheduler_whose_thread_has_died_begins_again",),
    34: (
        "notifications/test_webhooks.py::test_while_the_token_is_changed_the_one_before_signs_too",
    ),
}


@cache
def defined_in(path: Path) -> frozenset[str]:
    """The tests of a module that are run, and not skipped."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(
        each.name
        for each in found
        if not any("skip" in ast.unparse(mark) for mark in each.decorator_list)
    )


def test_no_fault_is_left_out() -> None:
    assert sorted(FAULTS) == list(range(1, 35))
    assert all(FAULTS.values())


@pytest.mark.parametrize("fault", FAULTS)
def test_the_test_of_a_fault_is_there(fault: int) -> None:
    for place in FAULTS[fault]:
        path, _, name = place.partition("::")
        assert name in defined_in(TESTS / path), place
