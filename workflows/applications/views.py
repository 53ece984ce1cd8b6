"""/apply/: criteria, questionnaire, the form in steps, status and decision notices."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from common.http import SiteRequest
from common.privatefiles import serve_private
from common.typed import key_of
from workflows.core.models import Case
from workflows.core.services import case_start
from workflows.core.timeline import applicant_timeline
from workflows.core.views.keep import keep_typed, take_typed
from workflows.core.views.screens import paged

from . import presentation, rules, services
from .apply_forms import (
    ORDER,
    STEPS,
    PapersForm,
    QuestionnaireForm,
    StatementForm,
    StatusForm,
    collect,
    step_of,
)
from .flows import ApplicationFlow
from .models import ApplicantKind, Application, Draft, DraftFile, Paper

PREFILLED = ("kind", "wanted", "library", "culture")


# For anybody: no cookie, no session --------------------------------------------------------------
@require_safe
def criteria(request: SiteRequest) -> HttpResponse:
    """Who may join as what, what is needed, how it goes."""
    kinds, papers = list(ApplicantKind.objects.all()), list(Paper.objects.all())
    for kind in kinds:
        kind.papers = [paper for paper in papers if paper.applies(kind.code, "self")]  # type: ignore[attr-defined]
    steps = [str(node.task_title) for node in ApplicationFlow.human_nodes() if node.role != "applicant"]
    context = {"kinds": kinds, "contract": [paper for paper in papers if paper.operators], "steps": steps}
    return render(request, "applications/criteria.html", context)


@require_safe
def questionnaire(request: SiteRequest) -> HttpResponse:
    """A few questions that lead to branch or point, library or culture."""
    form = QuestionnaireForm(request.GET if "kind" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        answer = form.answer()
        lines = dict.fromkeys(answer["lines"], "on")
        query = urlencode({"kind": answer["kind"].code, "wanted": answer["tier"], **lines})
        context |= {"answer": answer, "start": f"{reverse('apply_start')}?{query}"}
    return render(request, "applications/questionnaire.html", context)


@never_cache
@require_safe
def status(request: SiteRequest) -> HttpResponse:
    """How far an application is, for whoever knows its number and check word."""
    form = StatusForm(request.GET if "number" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        if case := form.found():
            context |= {"case": case, "steps": applicant_timeline(case)}
        else:
            form.add_error(None, _("No application has this number and check word. Please compare both."))
    return render(request, "applications/status.html", context)


def approved() -> Any:
    """Applications whose approval is public."""
    return (
        Application.objects.filter(decided_at__isnull=False)
        .exclude(state__in=[Case.State.REFUSED, Case.State.CANCELLED, Case.State.WITHDRAWN])
        .select_related("organisation", "township", "venue__page")
        .order_by("-decided_at")
    )


@require_safe
def notices(request: SiteRequest) -> HttpResponse:
    """The decision notices."""
    return render(request, "applications/notices.html", {"page_of": paged(request, approved(), 20)})


@require_safe
def notice(request: SiteRequest, number: str) -> HttpResponse:
    """One decision notice."""
    case = get_object_or_404(approved(), number=number)
    return render(request, "applications/notice.html", {"case": case, "lines": presentation.lines_text(case)})


# For applicants ----------------------------------------------------------------------------------
@login_required
def start(request: SiteRequest) -> HttpResponse:
    """Choose the organisation and begin a draft; answers of the questionnaire come along."""
    mine = Organisation.objects.filter(memberships__user=request.user, is_active=True)
    given = {name: request.GET[name][:40] for name in PREFILLED if name in request.GET}
    if request.method == "POST":
        organisation = get_object_or_404(mine, pk=key_of(request.POST.get("organisation", "")))
        try:
            draft = services.draft_create(organisation=organisation, by=request.user, data=given)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("desk")
        return redirect("apply_step", draft.pk, ORDER[0])
    return render(request, "applications/start.html", {"organisations": mine})


def own_draft(request: SiteRequest, pk: int) -> Draft:
    """A draft of one of one's organisations, or 404."""
    rows = Draft.objects.filter(organisation__memberships__user=request.user, organisation__is_active=True)
    return get_object_or_404(rows.select_related("organisation").distinct(), pk=pk)


def frame(draft: Draft, step: str) -> dict[str, Any]:
    """What every page of the form shows around its questions."""
    titles = {name: form.title for name, form in STEPS.items()} | {"papers": _("Papers"), "check": _("Check")}
    here = ORDER.index(step)
    back = reverse("apply_step", args=[draft.pk, ORDER[here - 1]]) if here else reverse("desk")
    return {
        "draft": draft,
        "title": titles[step],
        "number": here + 1,
        "count": len(ORDER),
        "back": back,
    }


@keep_typed
@login_required
def step(request: SiteRequest, pk: int, step: str) -> HttpResponse:
    """One page of the form."""
    draft = own_draft(request, pk)
    if step == "papers":
        return papers(request, draft)
    if step == "check":
        return check(request, draft)
    if step not in STEPS:
        raise Http404
    if typed := take_typed(request):
        services.draft_save(draft=draft, by=request.user, data=STEPS[step](typed).typed())
    if request.method != "POST":
        form = STEPS[step](initial=draft.data)
        return render(request, "applications/step.html", frame(draft, step) | {"form": form})
    form = STEPS[step](request.POST)
    services.draft_save(draft=draft, by=request.user, data=form.typed())
    if "later" in request.POST:
        messages.success(request, _("Your draft is saved."))
        return redirect("desk")
    if not form.is_valid():
        return render(request, "applications/step.html", frame(draft, step) | {"form": form}, status=422)
    return redirect("apply_step", draft.pk, ORDER[ORDER.index(step) + 1])


def papers(request: SiteRequest, draft: Draft) -> HttpResponse:
    """Hand in papers. Good ones are kept, whatever is wrong with others."""
    asked = rules.papers_for(draft.data.get("kind", ""), draft.data.get("operator", ""))
    held = {row.paper: row for row in draft.files.all()}
    form = PapersForm(request.POST or None, request.FILES or None, papers=asked, held=held)
    if request.method == "POST":
        form = PapersForm(request.POST, request.FILES, papers=asked, held=held)
        form.is_valid()
        for code, checked in form.cleaned_data.items():
            if checked:
                services.draft_file_set(draft=draft, by=request.user, paper=code, checked=checked)
        if "later" in request.POST and not form.errors:
            messages.success(request, _("Your draft is saved."))
            return redirect("desk")
        if not form.errors:
            return redirect("apply_step", draft.pk, "check")
        held = {row.paper: row for row in draft.files.all()}
    required = {paper.code for paper in asked if paper.required}
    context = frame(draft, "papers") | {"form": form, "held": held.values(), "required": required, "files": True}
    return render(request, "applications/step.html", context, status=422 if form.errors else 200)


def check(request: SiteRequest, draft: Draft) -> HttpResponse:
    """Check your answers; state your free will; send."""
    facts, wrong = collect(draft)
    form = StatementForm(request.POST if request.method == "POST" else None)
    handed_in = list(draft.files.values_list("paper", flat=True))
    if not wrong:
        for field, message in rules.problems(facts | {"free_will": True}, handed_in).items():
            wrong.setdefault(step_of(field), []).append(message)
    if request.method == "POST" and not wrong and form.is_valid():
        try:
            case = submit(request, draft, facts | form.cleaned_data)
        except Draft.DoesNotExist:
            messages.warning(request, _("This draft was sent already."))
            return redirect("desk")
        except ValidationError as error:
            for field, problems in getattr(error, "message_dict", {"papers": error.messages}).items():
                wrong.setdefault(step_of(field), []).extend(problems)
        else:
            return redirect("apply_sent", case.number)
    context = frame(draft, "check") | {"form": form, "wrong": named(draft, wrong), "groups": answers(draft, facts)}
    return render(request, "applications/check.html", context, status=422 if request.method == "POST" else 200)


def submit(request: SiteRequest, draft: Draft, facts: dict[str, Any]) -> Application:
    """Turn a draft into a case; the second of two presses finds no draft any more."""
    with transaction.atomic():
        held = services.draft_take(draft=draft.pk, by=request.user)
        return case_start(ApplicationFlow, by=request.user, draft=held, facts=facts)


def named(draft: Draft, wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What is wrong, with the page where it is put right."""
    titles = {name: form.title for name, form in STEPS.items()} | {"papers": _("Papers")}
    return [
        {"title": titles[name], "url": reverse("apply_step", args=[draft.pk, name]), "messages": found}
        for name, found in wrong.items()
    ]


def answers(draft: Draft, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers by page, as they will be sent."""
    groups = []
    for name, form_class in STEPS.items():
        form = form_class(draft.data)
        form.is_valid()
        pairs = [(field.label, shown(field, facts)) for field in form]
        url = reverse("apply_step", args=[draft.pk, name])
        groups.append({"title": form.title, "url": url, "pairs": [pair for pair in pairs if pair[1]]})
    rows = rules.papers_for(draft.data.get("kind", ""), draft.data.get("operator", ""))
    held = {row.paper: row.name for row in draft.files.all()}
    pairs = [(str(paper), held[paper.code]) for paper in rows if paper.code in held]
    groups.append({"title": _("Papers"), "url": reverse("apply_step", args=[draft.pk, "papers"]), "pairs": pairs})
    return groups


def shown(field: Any, facts: dict[str, Any]) -> str:
    """An answer in words."""
    value = facts.get(field.name, field.value())
    if isinstance(value, bool):
        return _("yes") if value else ""
    if isinstance(value, list):
        return _(", ").join(value)
    choices = dict(getattr(field.field, "choices", None) or []) if isinstance(value, str) else {}
    return str(choices.get(value, value if value is not None else ""))


@login_required
@require_POST
def draft_delete(request: SiteRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    services.draft_delete(draft=own_draft(request, pk), by=request.user)
    messages.success(request, _("The draft is deleted."))
    return redirect("desk")


@login_required
def draft_file(request: SiteRequest, pk: int, paper: str) -> HttpResponseBase:
    """A paper of one's own draft."""
    row = get_object_or_404(DraftFile, draft=own_draft(request, pk), paper=paper)
    return serve_private(row.file, name=row.name, content_type=row.content_type)


@login_required
def sent(request: SiteRequest, number: str) -> HttpResponse:
    """The reference number, right after sending. Made to be printed."""
    rows = Application.objects.filter(organisation__memberships__user=request.user).distinct()
    return render(request, "applications/sent.html", {"case": get_object_or_404(rows, number=number)})
