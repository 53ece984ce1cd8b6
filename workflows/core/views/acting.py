"""Taking a step from a form: the same for officials and applicants."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.module_loading import import_string

from ..forms import TaskForm
from ..models import WorkItem
from ..nodes import HumanTask
from ..services import Done, LostRace, task_act


def step_form(request: HttpRequest, node: HumanTask, case: Any, **options: Any) -> TaskForm:
    """The step's own form, bound when something was sent."""
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return import_string(node.form)(data, files, node=node, case=case, **options)


def act(request: HttpRequest, item: WorkItem, form: TaskForm) -> Done | LostRace | None:
    """Take the step with a valid form. None: the form has errors now, and shows them beside what was typed."""
    if not form.is_valid():
        return None
    try:
        return task_act(
            work_item=item.pk,
            actor=request.user,
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data.get("reason", ""),
            data=form.step_data(),
        )
    except ValidationError as error:
        show_errors(form, error)
        return None


def show_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Put a service's refusal beside the fields it names; what has no field stands above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(name if name in form.fields else None, problems)
