"""Every address of the site × every role: who is let in, and that whoever is not changes nothing.

The rooms' own tests say why and how; this one says that nothing was forgotten: an address that is in no table fails.
"""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.county import NANHUA

from .subjects import PEOPLE, arguments, people

ROOMS = ("accounts", "common", "config", "home", "network", "pages", "search", "workflows")
EVERYBODY = {"visitor", *PEOPLE}
SIGNED_IN = set(PEOPLE)
BACK_OFFICE = SIGNED_IN - {"member", "applicant"}
OFFICIALS = BACK_OFFICE - {"seconded", "editor"}
WRITERS = BACK_OFFICE - {"township", "township2"}  # who has pages of their own
COUNTY = {"library", "culture", "bureau", "admin"}
BUREAU = {"bureau", "admin"}
ADMIN = {"admin"}
NOBODY: set[str] = set()
SENDERS = {
    "visitor",
    "applicant",
    "editor",
    "township",
    "culture",
}  # who try what is not theirs

PLAIN = """network_accessibilityfeature network_division network_office network_post network_service
    network_staffingnorm"""
REGISTERS = f"{PLAIN} network_appointment network_venue"
CRITERIA = """applications_applicantkind applications_paper events_audience events_eventkind
    milestones_surveyquestion"""


def names(prefixes: str, *actions: str) -> str:
    """The addresses of registers."""
    return " ".join(f"{prefix}_modeladmin_{action}" for prefix in prefixes.split() for action in actions)


# Who may look. What is shown to everybody first; then the fewer the later.
READ = [
    (
        EVERYBODY,
        """accessible_browsing apply apply_notices apply_questionnaire apply_status disclosure_feed event_feed
        event_file event_register event_registration event_registration_calendar near near_fragment news_feed pattern
        preferences_css programme_picture programme_picture_newest report_error robots search search_suggestions
        set_password site_map sitemap_xml styleguide township_feed venue_feed webmanifest""",
    ),
    (SIGNED_IN, "account account_details apply_start desk organisation_new"),
    (BACK_OFFICE, names(REGISTERS, "index", "history")),
    (
        BACK_OFFICE,
        """network_person_history network_post_history network_staffing network_venue_closures network_venue_hours
        network_venue_items network_venue_modeladmin_inspect network_venue_status report_diversion
        wagtail_modeladmin:javascript_catalog""",
    ),
    (
        WRITERS,
        """events_import events_numbers events_week missed_searches missed_searches_results unread_files
        unread_files_results""",
    ),
    (
        OFFICIALS,
        """acceptance_criteria acceptance_gaps acceptance_home milestones_batch_grid milestones_batch_new
        milestones_batch_sheet milestones_batch_sheet_csv milestones_batches milestones_blocked milestones_gantt
        milestones_gantt_picture milestones_list milestones_list_csv milestones_matrix milestones_report_csv
        milestones_report_pdf milestones_reports milestones_survey milestones_survey_blank milestones_survey_gaps
        milestones_survey_table secondments_board secondments_branches secondments_needs secondments_report
        secondments_report_csv workflows_cases workflows_cover workflows_deadlines workflows_inbox
        workflows_statistics workflows_statistics_csv""",
    ),
    (OFFICIALS - {"township"}, "milestones_matrix_place milestones_milestone milestones_survey_place"),
    (OFFICIALS - BUREAU, "secondments_nominate"),
    (
        {"township", "library", *BUREAU},
        "secondments_letter workflows_case workflows_dossier workflows_file",
    ),
    (
        COUNTY,
        """acceptance_dossier_file acceptance_dossiers acceptance_items acceptance_snapshots
        network_appointment_modeladmin_create network_person_chooser:choose network_person_chooser:choose_results
        network_person_chooser:chosen network_post_chooser:choose network_post_chooser:choose_results
        network_post_chooser:chosen""",
    ),
    (COUNTY - BUREAU, "milestones_batch_decide secondments_plan"),
    (WRITERS, "events_add events_cancel events_check_in events_list_csv events_occurrence"),
    (
        {"library", *BUREAU},
        "network_venue_modeladmin_edit workflows_reassign workflows_resume workflows_suspend",
    ),
    ({"township", "township2"}, "secondments_need"),
    ({"township"}, "secondments_need_withdraw"),
    ({"township2"}, "milestones_batch milestones_batch_progress milestones_batch_report milestones_batch_report_csv"),
    ({"library"}, "milestones_batch_sample workflows_step"),
    ({"seconded"}, "posting posting_letter posting_log"),
    (
        {"applicant"},
        """apply_draft_file apply_sent apply_step desk_case desk_file desk_step desk_withdraw organisation
        organisation_edit""",
    ),
    (BUREAU, names(CRITERIA, "index", "create", "edit", "delete", "history")),
    (
        BUREAU,
        names(PLAIN, "create", "edit", "delete"),
    ),
    (
        BUREAU,
        """acceptance_start acceptance_thresholds diversions_by_venue milestones_copy milestones_draft_delete
        milestones_item milestones_item_add milestones_item_remove
        milestones_programme milestones_programme_edit milestones_programmes milestones_stage milestones_withdraw
        network_appointment_modeladmin_edit network_venue_modeladmin_create network_venue_modeladmin_delete
        workflows_deadline""",
    ),
    (ADMIN, names("organisations", "index", "create", "edit", "inspect", "history")),
    (ADMIN, names("outbox_mail outbox_sms", "index", "inspect")),
    (
        ADMIN,
        """organisation_members outbox_retry_mail outbox_retry_sms wagtailusers_users:add wagtailusers_users:edit
        wagtailusers_users:index wagtailusers_users:index_results wagtailusers_users:step workflows_cancel""",
    ),
    # What is logged, sent or appointed is never deleted; no refusal of an applicant is published.
    (NOBODY, names("outbox_mail outbox_sms", "create", "edit", "delete")),
    (
        NOBODY,
        """apply_notice network_appointment_modeladmin_delete organisations_modeladmin_delete
        wagtailusers_users:delete""",
    ),
]
# Who may do what an address does when a form is sent to it; there is nothing to look at.
DO = [
    (SIGNED_IN, "desk_notices_read"),
    (OFFICIALS, "workflows_claim_many workflows_notices_read"),
    # Who sees the case is told on its page that somebody else has the task.
    ({"township", "library", *BUREAU}, "workflows_claim workflows_comment workflows_message"),
    ({"seconded", "editor", "admin"}, "events_duplicate"),
    (BUREAU, "acceptance_item_remove milestones_hide milestones_plan milestones_publish milestones_start"),
    (
        {"township2"},
        "milestones_batch_cancel milestones_batch_take milestones_block milestones_hand_in milestones_move",
    ),
    ({"library"}, "workflows_cover_end workflows_release"),
    ({"applicant"}, "apply_draft_delete desk_message invitation_withdraw member_add member_change"),
    ({"member"}, "invitation_answer"),
]
# Nothing to refuse: they send everybody on.
OPEN = {"account_login", "account_signup", "favicon", "preferences"}


def table(rows: list[tuple[set[str], str]]) -> dict[str, set[str]]:
    """The roles by address."""
    return {name: who for who, text in rows for name in text.split()}


def addresses(patterns: list[URLPattern | URLResolver], *spaces: str) -> Iterator[tuple[str, str]]:
    """Every named address with the module that answers it."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, *spaces, *filter(None, [one.namespace]))
        elif one.name:
            view = getattr(one.callback, "view_class", one.callback)
            yield ":".join([*spaces, one.name]), getattr(view, "__module__", type(view).__module__)


def test_every_address_of_every_room_is_in_the_matrix():
    found = {
        name
        for name, module in addresses(get_resolver().url_patterns)
        if module.split(".")[0] in ROOMS or "modeladmin" in name
    }
    listed = [name for _who, text in [*READ, *DO] for name in text.split()]
    assert sorted(listed) == sorted(set(listed)), "an address stands twice"
    assert sorted({*listed, *OPEN} ^ found) == [], "say in READ or DO who may"


@pytest.fixture
def site(db, settings):
    """A window for everybody and the addresses' arguments, in the county with its sample data."""
    settings.DEMO = True
    call_command("load_county", str(NANHUA), verbosity=0)
    call_command("load_sample", verbosity=0)
    who = people()
    known = arguments(who)
    windows = {name: Client() for name in who}
    for name, person in who.items():
        if person:
            windows[name].force_login(person)
    return windows, lambda name: reverse(name, args=known.get(name, ()))


def test_who_may_look(site):
    windows, address = site
    wrong = []
    for name, allowed in table(READ).items():
        for role, window in windows.items():
            answer, _wrote = asked(window.get, address(name))
            if (answer.status_code in (200, 204, 409)) != (role in allowed):  # 409: full, or not open yet
                wrong.append((address(name), role, answer.status_code))
    assert "\n".join(map(str, wrong)) == ""


def test_who_may_not_changes_nothing(site):
    """What may be sent to a page that one may look at is tested in its room."""
    windows, address = site
    wrong = []
    for name, allowed in (table(READ) | table(DO)).items():
        for role in (SENDERS | allowed) if name in table(DO) else (SENDERS - allowed):
            answer, wrote = asked(windows[role].post, address(name))
            if refused(answer) == (role in allowed) or (role not in allowed and wrote):
                wrong.append((address(name), role, answer.status_code, wrote))
    assert "\n".join(map(str, wrong)) == ""


def asked(send, address):
    """The answer, and what asking wrote besides the session; afterwards nothing of it has happened."""
    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
        answer = send(address)
        transaction.set_rollback(True)
    changes = ("INSERT", "UPDATE", "DELETE")
    written = [query["sql"] for query in seen if query["sql"].lstrip().startswith(changes)]
    # A session and a profile are made for whoever comes for the first time.
    return answer, [sql[:80] for sql in written if "session" not in sql and "userprofile" not in sql]


def refused(answer) -> bool:
    """Not there, not allowed, not that way, or sent to sign in or to the first page."""
    if answer.status_code == 302:
        return answer.url.startswith(("/account/login/", "/admin/login/")) or answer.url == "/admin/"
    return answer.status_code in (403, 404, 405)
