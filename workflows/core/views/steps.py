"""One step of a case: do it, take it, give it back, pass it on."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User

from .. import permissions, selectors, services
from ..forms import ReassignForm
from ..models import WorkItem
from ..nodes import HumanTask
from ..timeline import official_timeline
from .acting import act, show_errors, step_form
from .cases import case_crumbs
from .screens import back_to, describe, mandate, officials, screen, told


def visible_item(request: HttpRequest, pk: int) -> tuple[WorkItem, Any, HumanTask]:
    """An item, its case and its step, or 404 for whoever may not see the case."""
    rows = WorkItem.objects.visible_to(request.user).select_related("task", "case", "assignee")
    item = get_object_or_404(rows, pk=pk)
    node = item.task.flow_task
    if not isinstance(node, HumanTask):
        raise Http404
    case = node.flow_class.process_class.objects.select_related("township", "organisation").get(pk=item.case_id)
    return item, case, node


@officials
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Do a task: the case's facts and the step's form."""
    item, case, node = visible_item(request, pk)
    if not item.is_open:
        messages.warning(request, _("This task is closed."))
        return redirect("workflows_case", case.number)
    leave = permissions.may_take(request.user, item, case, node)
    if not leave:
        if request.method == "POST":
            raise PermissionDenied(leave.refusal)
        messages.warning(request, leave.refusal)
        return redirect("workflows_case", case.number)
    if node.page:
        return redirect(node.page(case))
    form = step_form(request, node, case)
    if request.method == "POST" and (result := act(request, item, form)):
        told(request, result)
        return redirect("workflows_case", case.number)
    describe(item)
    return screen(
        request,
        "step",
        f"{node.task_title}: {case.number}",
        crumbs=case_crumbs(case),
        status=422 if form.errors else 200,
        item=item,
        case=case,
        node=node,
        form=form,
        leave=leave,
        facts=case.flow_class.instance.facts(case),
        files=case.files.filter(replaced=False),
        timeline=official_timeline(case)[-4:],
    )


@officials
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one task."""
    item, case, _node = visible_item(request, pk)
    told(request, services.item_claim(work_item=item.pk, actor=request.user))
    return back_to(request, reverse("workflows_case", args=[case.number]))


@officials
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one task back."""
    item, case, _node = visible_item(request, pk)
    told(request, services.item_release(work_item=item.pk, actor=request.user))
    return back_to(request, reverse("workflows_case", args=[case.number]))


@officials
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a task to a colleague."""
    item, case, node = visible_item(request, pk)
    if item.assignee_id != request.user.pk and not mandate(request).bureau:
        raise PermissionDenied
    fitting = [user.pk for user in selectors.colleagues_for(item, case, node) if user.pk != item.assignee_id]
    form = ReassignForm(request.POST or None, colleagues=User.objects.filter(pk__in=fitting))
    if request.method == "POST" and form.is_valid():
        try:
            told(request, services.item_reassign(work_item=pk, actor=request.user, **form.cleaned_data))
        except ValidationError as error:
            show_errors(form, error)
        else:
            return redirect("workflows_case", case.number)
    title = _("Pass on: %(step)s") % {"step": node.task_title}
    return screen(
        request,
        "confirm",
        title,
        crumbs=case_crumbs(case),
        case=case,
        form=form,
        button=_("Pass on"),
        empty=not fitting,
    )
