"""What the token may do. A denied right has the loud and the silent effects that a real Canvas showed for it."""

from ilc_canvas.sandbox.http import errors

WORDS = """
    add_course_template add_designer_to_course add_observer_to_course add_student_to_course add_ta_to_course add_teacher_to_course
    allow_course_admin_actions become_user change_course_state create_collaborations create_conferences create_courses create_forum
    create_tool_manually delete delete_course_template edit_course_template generate_observer_pairing_code import_outcomes import_sis
    lti_add_edit manage manage_account_banks manage_account_memberships manage_account_settings manage_admin_users manage_alerts
    manage_assignments manage_assignments_add manage_assignments_delete manage_assignments_edit manage_calendar manage_catalog
    manage_content manage_course_content_add manage_course_content_delete manage_course_content_edit manage_course_visibility
    manage_courses manage_courses_add manage_courses_admin manage_courses_conclude manage_courses_delete manage_courses_publish
    manage_courses_reset manage_data_services manage_developer_keys manage_feature_flags manage_files_add manage_files_delete
    manage_files_edit manage_frozen_assignments manage_global_outcomes manage_grades manage_groups manage_groups_add
    manage_groups_delete manage_groups_manage manage_interaction_alerts manage_internal_settings manage_jobs manage_lti_add
    manage_lti_delete manage_lti_edit manage_master_courses manage_outcomes manage_privacy_settings manage_proficiency_calculations
    manage_proficiency_scales manage_release_notes manage_role_overrides manage_rubrics manage_sections_add manage_sections_delete
    manage_sections_edit manage_sis manage_site_settings manage_storage_quotas manage_students manage_user_logins manage_user_notes
    manage_user_observers manage_wiki_create manage_wiki_delete manage_wiki_update moderate_forum moderate_user_content post_to_forum
    read read_announcements read_as_admin read_course_content read_course_list read_email_addresses read_forum read_global_outcomes
    read_messages read_outcomes read_question_banks read_reports read_roster read_sis read_terms remove_designer_from_course
    remove_observer_from_course remove_student_from_course remove_ta_from_course remove_teacher_from_course reset_any_mfa
    select_final_grade send_messages send_messages_all undelete_courses update view_all_grades view_audit_trail view_bounced_emails
    view_course_changes view_error_reports view_feature_flags view_grade_changes view_group_pages view_jobs view_notifications
    view_quiz_answer_audits view_statistics view_user_logins
"""
NAMES = frozenset(WORDS.split())
PEOPLE = {
    "StudentEnrollment": "student",
    "TeacherEnrollment": "teacher",
    "TaEnrollment": "ta",
    "DesignerEnrollment": "designer",
    "ObserverEnrollment": "observer",
}
# What a call needs: the old right, and the granular one that takes its place where Canvas's granular sets are on.
NEEDS = {
    "create courses": ("manage_courses", "manage_courses_add"),
    "change courses": ("manage_courses", "manage_courses_admin"),
    "edit courses": ("manage_content", "manage_course_content_edit"),
    "publish": ("change_course_state", "manage_courses_publish"),
    "conclude": ("change_course_state", "manage_courses_conclude"),
    "delete courses": ("change_course_state", "manage_courses_delete"),
}
GRANULAR = frozenset(
    {
        *(new for _, new in NEEDS.values()),
        *(f"{verb}_{who}_{where}_course" for verb, where in (("add", "to"), ("remove", "from")) for who in PEOPLE.values()),
        "manage_courses_reset",
        "manage_course_content_add",
        "manage_course_content_delete",
    }
)
SUPERSEDED = frozenset(
    {"manage_students", "manage_admin_users", "manage_courses", "change_course_state", "allow_course_admin_actions", "manage_content"}
)


class Rights:
    """All rights but the denied ones. Denying a granular right switches Canvas's granular sets on."""

    def __init__(self, denied: frozenset[str], *, refusal: int, site_admin: bool = False) -> None:
        self._denied, self.site_admin = denied, site_admin
        self._granular = bool(denied & GRANULAR)
        self.refusal = refusal

    @property
    def is_granular(self) -> bool:
        """Whether the granular sets count."""
        return self._granular

    def without(self, denied: frozenset[str]) -> "Rights":
        """The rights of the same caller without these."""
        return Rights(denied, refusal=self.refusal, site_admin=self.site_admin)

    def has(self, right: str) -> bool:
        """As Canvas's own permissions check answers: of the old and the granular sets only one counts."""
        off = SUPERSEDED if self._granular else GRANULAR
        return right in NAMES and right not in self._denied and right not in off

    def may(self, what: str) -> bool:
        old, new = NEEDS[what]
        return self.has(new if self._granular else old)

    def may_add(self, kind: str) -> bool:
        return self.has(f"add_{PEOPLE[kind]}_to_course") if self._granular else self._may_manage(kind)

    def may_remove(self, kind: str, task: str) -> bool:
        """Concluding a student needs no right to remove students."""
        if kind == "StudentEnrollment" and task == "conclude":
            return True
        return self.has(f"remove_{PEOPLE[kind]}_from_course") if self._granular else self._may_manage(kind)

    def _may_manage(self, kind: str) -> bool:
        students, staff = self.has("manage_students"), self.has("manage_admin_users")
        return {"StudentEnrollment": students, "ObserverEnrollment": students or staff}.get(kind, staff)

    @property
    def writes_sis(self) -> bool:
        return self.has("manage_sis")

    @property
    def reads_sis(self) -> bool:
        """Managing SIS data implies reading it."""
        return self.has("manage_sis") or self.has("read_sis")

    def cover(self, rights: frozenset[str]) -> bool:
        """Whether the caller has all of these; nobody may change an administrator with more rights."""
        return not self._denied & rights

    def need(self, *rights: str) -> None:
        """Refuse the call unless all these rights are there."""
        self.insist(all(self.has(right) for right in rights))

    def insist(self, allowed: bool) -> None:
        if not allowed:
            raise errors.unauthorized(self.refusal)
