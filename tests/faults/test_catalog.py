"""The catalog of faults: which test shows what we do about each, and what is not shown yet, with the reason."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNS, FAULTS, CRASHES = "tests/sync/test_runs.py", "tests/sync/test_fault_sweep.py", "tests/sync/test_crash_sweep.py"
WORKERS, AWAY, BREAKER = "tests/sync/test_two_workers.py", "tests/sync/test_postgres_away.py", "tests/canvas/test_breaker.py"
REFUSALS = "tests/canvas/test_refusals.py"
TRANSPORT, LISTING, STORE = "tests/canvas/test_transport.py", "tests/canvas/test_listing.py", "tests/store"
HOLDING, IDENTITY, APPROVED = "tests/sync/test_holding.py", "tests/sync/test_identity.py", "tests/sync/test_approvals.py"
DAY, DAEMON = "tests/worker/test_loop_day.py", "tests/e2e/test_daemon.py"
CANARY = "tests/faults/test_canary.py"
FILES, HTTP, EDITED = "tests/faults/test_hostile_files.py", "tests/test_metrics.py", "tests/store/test_edited_rows.py"
LOST, CONSOLE = "tests/sync/test_store_lost.py", "tests/console"
FRAME, SIGN_IN, UPLOADS = f"{CONSOLE}/test_frame.py", f"{CONSOLE}/test_sign_in.py", f"{CONSOLE}/test_rosters.py"
ATTACKS, DECISIONS, OWN = f"{CONSOLE}/test_faults.py", f"{CONSOLE}/test_decisions.py", f"{CONSOLE}/test_me.py"

SHOWN: dict[int, tuple[str, ...]] = {
    # A. Process, machine, storage
    1: (f"{CRASHES}::test_killed_fill_heals", f"{CRASHES}::test_killed_changes_heal"),
    2: (f"{CRASHES}::test_killed_fill_heals", "tests/sync/test_mutants.py::test_mutant_is_caught"),
    3: (f"{CRASHES}::test_killed_fill_heals", f"{CRASHES}::test_killed_after_lost_answer_heals"),
    4: (f"{CRASHES}::test_killed_fill_heals", f"{STORE}/test_journal.py::test_outcome_only_once"),
    5: (f"{CRASHES}::test_killed_recovery_heals", f"{HOLDING}::test_recovery_in_vain_is_no_loop"),
    6: (
        f"{RUNS}::test_stopped_run_is_gone_on_with",
        f"{RUNS}::test_stopped_run_removes_nobody",
        f"{DAEMON}::test_wish_is_fulfilled_and_worker_stops",
    ),
    7: (f"{RUNS}::test_intent_is_committed_before_the_call", f"{STORE}/test_journal.py::test_intent_is_stored_before_the_call"),
    8: (
        f"{RUNS}::test_failing_store_stops_the_run",
        f"{STORE}/test_writing.py::test_full_disk_leaves_no_half_unit",
        f"{LOST}::test_store_lost_in_a_run",
    ),
    9: (f"{RUNS}::test_failing_store_stops_the_run", f"{RUNS}::test_outcome_is_not_lost_in_silence", f"{LOST}::test_numbers_are_true"),
    10: (f"{RUNS}::test_failing_store_stops_the_run", f"{STORE}/test_writing.py::test_error_leaves_nothing_behind"),
    11: (f"{STORE}/test_writing.py::test_two_writers_take_turns", f"{STORE}/test_writing.py::test_lock_that_is_never_freed"),
    12: (f"{STORE}/test_writing.py::test_no_deferred_begin_ever",),
    13: (
        f"{STORE}/test_heads.py::test_flipped_bytes_are_found",
        f"{STORE}/test_heads.py::test_restored_backup_is_refused",
        f"{STORE}/test_heads.py::test_accepted_restore_begins_anew",
        "tests/cli/test_audit.py::test_restored_store_needs_a_word",
        f"{STORE}/test_backup.py::test_backup_while_others_write",
        f"{STORE}/test_backup.py::test_restore_says_so_and_waits",
        "tests/e2e/test_restore.py::test_next_run_is_held",
        "tests/e2e/test_restore.py::test_no_removal_is_new",
        f"{STORE}/test_opening.py::test_file_that_is_no_store",
    ),
    14: (f"{AWAY}::test_stopped_server_ends_the_run", f"{AWAY}::test_restarted_server_loses_nothing"),
    15: (f"{RUNS}::test_lost_lease_stops_the_run", f"{STORE}/test_lease.py::test_lock_gone_but_lease_not"),
    16: (
        f"{ATTACKS}::test_reader_of_an_upload_dies_alone",
        f"{ATTACKS}::test_reader_of_an_upload_writes_nothing",
        f"{FILES}::test_a_million_rows",
        f"{FILES}::test_reader_that_runs_out_of_memory",
    ),
    17: (f"{STORE}/test_opening.py::test_absent_store_is_not_made", f"{STORE}/test_opening.py::test_pragma_that_is_not_taken"),
    # B. Time and concurrency
    18: (
        f"{RUNS}::test_odd_clock_loses_nothing",
        f"{STORE}/test_lease.py::test_token_only_grows",
        "tests/worker/test_fast_year.py::test_quick_job_sees_a_decision",
    ),
    21: (f"{WORKERS}::test_two_started_at_once", f"{STORE}/test_lease.py::test_one_holder_at_a_time"),
    22: (
        f"{WORKERS}::test_frozen_worker_is_fenced",
        f"{WORKERS}::test_frozen_with_six_under_way",
        f"{WORKERS}::test_frozen_within_a_transaction",
        f"{WORKERS}::test_frozen_file_holder_keeps_it",
        f"{STORE}/test_lease.py::test_lost_lease_is_noticed",
        f"{STORE}/test_journal.py::test_old_token_is_fenced",
    ),
    24: (f"{RUNS}::test_running_roster_is_pinned",),
    25: (f"{REFUSALS}::test_replaced_token_read_anew", "tests/worker/test_new_token.py::test_file_between_two_tokens"),
    19: (f"{DAY}::test_repeated_hour_runs_once", "tests/worker/test_loop_schedule.py::test_skipped_hour_is_made_up"),
    20: (f"{DAY}::test_missed_times_are_made_up_once",),
    23: (f"{DAEMON}::test_same_wish_is_not_added_twice",),
    # C. Canvas: refusals and noise
    26: (
        f"{RUNS}::test_refused_token_ends_the_run",
        f"{REFUSALS}::test_refused_token_is_final",
        f"{HOLDING}::test_refused_token_means_quarantine",
    ),
    27: ("tests/canvas/test_write_check.py::test_loud_refusal_names_right",),
    28: (f"{FAULTS}::test_fill_heals_after_fault", f"{TRANSPORT}::test_throttle_waited_out"),
    29: (
        f"{REFUSALS}::test_firewall_is_told_apart",
        f"{REFUSALS}::test_three_kinds_of_403",
        f"{REFUSALS}::test_breaker_counts_firewall",
    ),
    30: (
        "tests/canvas/test_lookup.py::test_unlisted_person_read_singly",
        "tests/canvas/test_lookup.py::test_many_unlisted_people_refused",
    ),
    31: (f"{RUNS}::test_lagging_lists_double_nothing", "tests/reconcile/test_recent_writes.py::test_lag_leaves_nothing_to_do"),
    32: (
        "tests/canvas/test_writing.py::test_login_of_another_refused",
        "tests/canvas/test_writing.py::test_second_create_changes_nothing",
        f"{HOLDING}::test_refused_change_is_parked",
    ),
    33: (f"{FAULTS}::test_fill_heals_after_fault", f"{FAULTS}::test_changes_heal_after_fault"),
    34: (
        f"{FAULTS}::test_fill_heals_after_fault",
        f"{FAULTS}::test_changes_heal_after_fault",
        "tests/sync/test_saved_and_failed.py::test_other_kinds_go_on",
    ),
    35: (f"{TRANSPORT}::test_call_ends_within_minute", f"{TRANSPORT}::test_late_create_in_doubt"),
    36: (f"{FAULTS}::test_look_heals_after_fault", f"{TRANSPORT}::test_endless_body_is_refused"),
    37: (f"{FAULTS}::test_fill_heals_after_fault", "tests/canvas/test_observe.py::test_faulty_read_never_partial"),
    38: (f"{REFUSALS}::test_no_redirect_is_followed",),
    39: (
        f"{LISTING}::test_failed_page_fails_list",
        f"{LISTING}::test_pages_in_circle_detected",
        f"{LISTING}::test_lost_link_is_noticed",
        f"{LISTING}::test_page_elsewhere_is_refused",
        f"{FAULTS}::test_look_heals_after_fault",
    ),
    40: (f"{LISTING}::test_list_begun_anew_once", "tests/sandbox/test_paging.py::test_bookmark_outlives_its_row"),
    41: (f"{RUNS}::test_one_wrong_reading_is_not_believed", f"{RUNS}::test_two_wrong_readings_hold_the_run"),
    # D. Canvas: meaning
    42: (
        f"{IDENTITY}::test_other_name_is_asked_about",
        "tests/reconcile/test_guard.py::test_adoption_needs_a_yes",
        "tests/sync/test_mutants.py::test_mutant_is_caught",
    ),
    43: ("tests/canvas/test_write_check.py::test_lost_sis_id_is_noticed",),
    44: (
        f"{IDENTITY}::test_merged_survivor_goes_on",
        f"{IDENTITY}::test_moved_id_is_no_other_person",
        f"{IDENTITY}::test_deleted_person_is_asked_about",
    ),
    45: (f"{IDENTITY}::test_merged_away_person_is_left_alone",),
    46: (f"{CRASHES}::test_killed_changes_heal", "tests/reconcile/test_plan.py::test_hand_added_person_stays"),
    47: ("tests/reconcile/test_plan.py::test_hand_ended_enrollment_is_drift",),
    48: (
        f"{RUNS}::test_edit_by_hand_is_left",
        f"{RUNS}::test_edit_by_hand_is_repaired_on_demand",
        "tests/reconcile/test_plan.py::test_deleted_course_blocks_what_is_in_it",
    ),
    49: ("tests/reconcile/test_closed_terms.py::test_past_year_never_built_is_an_error",),
    50: (
        f"{RUNS}::test_five_failures_in_a_row_stop",
        f"{TRANSPORT}::test_breaker_leaves_canvas_alone",
        f"{BREAKER}::test_calls_that_open_it",
        f"{BREAKER}::test_rest_is_a_minute",
        f"{BREAKER}::test_failed_probe_doubles_rest",
    ),
    51: ("tests/canvas/test_tenant.py::test_running_import_is_said", "tests/sync/test_sis_import.py::test_running_import_stops_the_run"),
    52: (f"{STORE}/test_journal.py::test_pin_keeps_to_one_canvas", f"{HOLDING}::test_foreign_canvas_needs_a_person"),
    # E. Roster input
    53: ("tests/roster/test_reading.py::test_truncated_sample_is_refused", f"{STORE}/test_rosters.py::test_draft_is_no_input"),
    54: ("tests/roster/test_intake.py::test_no_rows_are_never_taken", f"{STORE}/test_rosters.py::test_shrinking_needs_another_person"),
    55: (
        "tests/roster/test_intake.py::test_misfit_columns_are_named",
        "tests/roster/files/test_forms.py::test_sample_in_any_form_is_the_same",
    ),
    56: (
        "tests/roster/files/test_forms.py::test_windows_letters_are_read",
        "tests/roster/test_intake.py::test_unseen_characters_are_errors",
        "tests/roster/test_damage.py::test_damaged_name_is_an_error",
    ),
    57: ("tests/roster/test_intake.py::test_too_large_file_is_refused", "tests/roster/test_intake.py::test_endless_cell_is_refused"),
    58: ("tests/roster/test_intake.py::test_formulas_are_plain_text", f"{STORE}/test_audit.py::test_cells_are_no_formulas"),
    59: (
        f"{FILES}::test_packed_bomb_is_refused",
        "tests/roster/files/test_workbook.py::test_hostile_workbook_is_refused",
        "tests/roster/files/test_workbook.py::test_spoiled_workbook_reads_or_is_refused",
        f"{UPLOADS}::test_hostile_files_are_refused",
    ),
    60: (
        f"{FILES}::test_file_name_is_data",
        f"{FILES}::test_path_is_not_part_of_the_name",
        f"{CONSOLE}/test_checks.py::test_names_of_files_stay_texts",
    ),
    61: ("tests/roster/test_findings.py::test_wrong_person_is_an_error", "tests/roster/test_findings.py::test_lost_zeros_are_put_back"),
    # F. Console, audit, operations
    62: (
        f"{ATTACKS}::test_no_payload_runs",
        f"{UPLOADS}::test_hostile_texts_stay_texts",
        f"{FRAME}::test_templates_trust_no_value",
        f"{FRAME}::test_headers_on_every_answer",
        f"{HTTP}::test_payload_is_never_markup",
    ),
    63: (
        f"{FRAME}::test_changes_come_from_own_pages",
        f"{FRAME}::test_form_of_another_session",
        f"{FRAME}::test_form_token_of_somebody_else",
        f"{FRAME}::test_wrong_methods_are_refused",
        f"{HTTP}::test_only_get_is_answered",
    ),
    64: (
        f"{SIGN_IN}::test_session_is_new_at_sign_in",
        f"{SIGN_IN}::test_unknown_token_is_not_adopted",
        f"{SIGN_IN}::test_signing_out_ends_the_session",
        f"{SIGN_IN}::test_idle_session_is_over",
        f"{SIGN_IN}::test_longest_session_is_half_a_day",
        f"{SIGN_IN}::test_changed_roles_end_sessions",
        f"{CONSOLE}/test_accounts.py::test_account_is_signed_out_everywhere",
        f"{OWN}::test_password_is_changed",
        f"{DECISIONS}::test_approval_needs_a_recent_sign_in",
    ),
    65: (
        f"{ATTACKS}::test_every_guess_costs_the_same",
        f"{SIGN_IN}::test_any_wrong_part_is_one_answer",
        f"{SIGN_IN}::test_five_failures_of_a_name",
        f"{SIGN_IN}::test_twenty_failures_of_an_address",
        f"{SIGN_IN}::test_code_is_good_once",
        f"{OWN}::test_present_password_is_not_tried_forever",
    ),
    66: (
        f"{DECISIONS}::test_button_pressed_twice",
        f"{DECISIONS}::test_two_people_in_the_same_moment",
        f"{DECISIONS}::test_plan_of_yesterday",
        f"{UPLOADS}::test_draft_that_was_replaced",
        f"{APPROVED}::test_yes_is_for_its_roster_alone",
        f"{STORE}/test_approvals.py::test_spent_is_not_given_twice",
        f"{STORE}/test_approvals.py::test_superseded_roster",
        f"{EDITED}::test_ended_approval_is_not_revived",
    ),
    67: (
        f"{FRAME}::test_every_route_by_every_role",
        f"{FRAME}::test_route_without_role_fails_the_start",
        f"{DECISIONS}::test_signer_does_not_approve",
        f"{SIGN_IN}::test_changed_roles_end_sessions",
        f"{CONSOLE}/test_requests.py::test_own_requests_are_taken_back",
        f"{OWN}::test_sessions_of_others_are_out_of_reach",
        f"{STORE}/test_documents.py::test_four_eyes_look_at_the_whole_basis",
        f"{STORE}/test_approvals.py::test_unknown_digest",
        f"{EDITED}::test_inserted_approval_is_none",
    ),
    68: (f"{CANARY}::test_each_log_line_is_an_object", f"{CANARY}::test_screen_is_not_taken_over"),
    69: (
        f"{CANARY}::test_token_is_nowhere",
        f"{CANARY}::test_no_name_in_any_log",
        f"{CANARY}::test_no_name_in_the_chain",
        "tests/test_bootstrap.py::test_crash_is_a_line_of_the_log",
        f"{TRANSPORT}::test_nothing_personal_is_said",
    ),
    70: (
        f"{STORE}/test_audit.py::test_edits_are_found",
        f"{STORE}/test_audit.py::test_cut_tail_is_found",
        f"{STORE}/test_heads.py::test_rebuilt_chain_is_found",
        f"{STORE}/test_heads.py::test_forged_head_is_refused",
        f"{EDITED}::test_edited_approval_is_none",
        f"{EDITED}::test_edited_roster_is_not_signed",
    ),
    71: (
        "tests/notices/test_sending.py::test_channel_down_changes_nothing",
        "tests/notices/test_outbox.py::test_failed_attempts_come_later",
        "tests/notices/test_outbox.py::test_given_up_after_a_week",
    ),
    72: (
        f"{STORE}/test_upgrading.py::test_upgrade_waits_for_a_run",
        f"{STORE}/test_upgrading.py::test_upgrade_waits_for_outcomes",
        f"{STORE}/test_opening.py::test_newer_schema_is_refused",
        f"{STORE}/test_backup.py::test_older_backup_is_upgraded",
        "tests/cli/test_health.py::test_store_that_does_not_fit",
    ),
    73: (
        "tests/test_settings.py::test_guard_cannot_be_switched_off",
        "tests/test_settings.py::test_guard_percent_is_a_share",
        f"{STORE}/test_settings_and_exports.py::test_changed_settings_are_noted",
    ),
}

PARTLY: dict[int, str] = {
    7: "Power loss itself (unsynced pages) is not simulated.",
    13: "On PostgreSQL nothing is kept beside the store: a restored backup shows in `audit verify --head LOG` alone.",
    17: "Network file systems are not told apart.",
    27: "A missing right stops the run at its first write instead of setting one change apart.",
    29: "A write that a firewall refuses is tried again in the next run: it is not set apart.",
    40: "Two passes over a list that changes meanwhile are not compared: each removal is read once more by itself, just before.",
    48: "A cross-listed section is not tried.",
    50: "A run that meets a closed Canvas ends as failed or partial and goes into quarantine; there is no status deferred.",
    67: "On the terminal there are no roles: whoever may run commands may approve, unless four_eyes is on.",
    51: "An import that begins after the look is not noticed in that run.",
}

NOT_SHOWN: dict[int, str] = {}


@cache
def names(path: str) -> frozenset[str]:
    """The tests in this file."""
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@pytest.mark.parametrize("fault", SHOWN)
def test_named_tests_exist(fault: int) -> None:
    """Every test that the catalog names is there, under that name."""
    for name in SHOWN[fault]:
        path, _, test = name.partition("::")
        assert test in names(path), name


def test_every_fault_is_in_catalog() -> None:
    """Each number has its tests, or the reason why it has none."""
    assert sorted([*SHOWN, *NOT_SHOWN]) == list(range(1, 74))
    assert set(PARTLY) <= set(SHOWN)
    assert all(reason.endswith(".") for reason in [*PARTLY.values(), *NOT_SHOWN.values()])
