"""The human step of a flow, and what every flow has.

A `HumanTask` is Viewflow's View node without a view: our screens act on it through `services.task_act`. Its activation
keeps the work item in step with the task, in the same transaction, because it is the one place through which every
creation, completion and cancellation of the task goes (docs/adr/0005-work-items-in-the-activation.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import lock, nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Flow
from viewflow.workflow.nodes.view import ViewActivation

from common.changes import Changes

from . import work_items

if TYPE_CHECKING:
    from accounts.models import User

    from .models import Case, WorkItem


@dataclass
class Act:
    """What somebody decides at a step, as the step's handler gets it.

    Attributes:
        case: the flow's own case, locked.
        item: the work item.
        actor: who decides.
        on_behalf_of: the absent colleague, when it is holiday cover.
        decision: one of the node's decisions.
        reason: why; checked to be there when the decision needs one.
        data: the step's own cleaned fields.
        changes: the handler adds field → (from, to) here; it goes to the decision log.
        made: the handler may leave here what it made, for whoever took the step.
    """

    case: Any
    item: "WorkItem"
    actor: "User"
    on_behalf_of: "User | None"
    decision: str
    reason: str
    data: Mapping[str, Any]
    changes: Changes = field(default_factory=dict)
    made: Any = None


@dataclass(frozen=True)
class Choice:
    """One decision that a step offers.

    Attributes:
        label: what the button or radio says.
        needs_reason: refusals and corrections must say why.
        tone: "go", "stop" or "ask", for the screens.
    """

    label: Any
    needs_reason: bool = False
    tone: str = "go"


class HumanActivation(ViewActivation):
    """Keeps the work item equal to the task."""

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> Any:
        activation = super().create(flow_task, prev_activation, token, data=data, seed=seed)
        work_items.opened(activation)
        return activation

    @Activation.status.super()
    def complete(self) -> None:
        super().complete.original()
        work_items.done(self)

    @Activation.status.super()
    def cancel(self) -> None:
        super().cancel.original()
        work_items.cancelled(self)

    @Activation.status.super()
    def assign(self, user: Any) -> None:
        super().assign.original(user)
        work_items.assigned(self)

    @Activation.status.super()
    def unassign(self) -> None:
        super().unassign.original()
        work_items.assigned(self)

    @Activation.status.super()
    def reassign(self, user: Any = None) -> None:
        super().reassign.original(user)
        work_items.assigned(self)


class HumanTask(nodes.View):
    """A step that waits for a person.

    Args:
        role: whose turn it is, a WorkItem.Role.
        permission: callable(user, case) of the flow's permissions.py: may this person take this step in this case,
            beyond role and scope. Mandatory: a system check refuses a node without one.
        decisions: name → Choice.
        workdays: how long it may take until the county sets its own figure.
        due: callable(case) for a step whose last day follows from the case itself (a term's middle), not from a rule;
            None leaves it to the rule.
        handler: the flow's method that gets an Act and calls services.
        form: dotted path of the step's form, a subclass of forms.TaskForm.
        page: callable(case): the address where the step is taken, when it has a screen of its own.
        line: "library" or "culture" when the step belongs to one line; empty for either line of the case.
        judges: it decides about the case: nobody may take two such steps in succession.
        bars_own_township: an official of the case's township may not take it.
    """

    activation_class = HumanActivation

    def __init__(
        self,
        *,
        role: str,
        permission: Callable[[Any, Any], bool] | None,
        decisions: Mapping[str, Choice],
        workdays: int | None,
        handler: Any,
        form: str = "workflows.core.forms.TaskForm",
        page: Callable[[Any], str] | None = None,
        due: Callable[[Any], date | None] | None = None,
        line: str = "",
        judges: bool = False,
        bars_own_township: bool = False,
    ) -> None:
        super().__init__(None)
        self.role, self.permission, self.decisions = role, permission, decisions
        self.workdays, self.form, self.line, self.due = workdays, form, line, due
        self.judges, self.bars_own_township = judges, bars_own_township
        self.handler, self.page = handler, page

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self.handler = this.resolve(instance, self.handler)

    def line_of(self, case: "Case") -> str:
        """The line whose people take this step: the step's own, the case's only one, or empty for either."""
        if self.line or self.role != "head":
            return self.line
        return case.lines[0] if len(case.lines) == 1 else ""


class CaseFlow(Flow):
    """What every flow of the house has. Subclasses set `process_class`, `prefix` and the nodes."""

    lock_impl = lock.SelectForUpdateLock(nowait=False)
    prefix: ClassVar[str] = ""
    case_title: ClassVar[Any] = _("Case")
    # Who acts at the desk, where the offices act in theirs.
    partner: ClassVar[Any] = _("the applicant")
    # Beside the field where a decision is explained.
    reason_readers: ClassVar[Any] = _("Whoever sees the case reads it.")
    # Words for what the log names beyond the case's own fields and the steps' decisions.
    field_names: ClassVar[dict[str, Any]] = {}
    action_names: ClassVar[dict[str, Any]] = {}
    # Field → its values' words as pairs, for what the log names and the case has no choices for.
    value_names: ClassVar[dict[str, Any]] = {}

    @classmethod
    def human_nodes(cls) -> list[HumanTask]:
        """The steps that wait for people, in the order in which the flow names them."""
        own = [name for name in vars(cls) if name in cls._nodes_by_name]
        return [node for name in own if isinstance(node := cls._nodes_by_name[name], nodes.View)]

    @classmethod
    def label(cls) -> str:
        """The flow's short name in work items, rules and addresses."""
        return cls.instance.app_label

    # What screens ask of a flow. Overridden where there is something to show.

    def facts(self, case: Any, *, internal: bool = True) -> list[tuple[str, list[tuple[str, Any]]]]:
        """Groups of (label, value) to show; without `internal`, only what the applicant may see."""
        raise NotImplementedError

    def address(self, case: Any, user: Any) -> str:
        """The path at which somebody other than the applicant reads the case, when they are told of it."""
        return reverse("workflows_case", args=[case.number])

    def steps_of(self, case: Any) -> list[HumanTask]:
        """The steps that this case may come to, for its picture."""
        return self.human_nodes()

    def stopped(self, case: Any) -> None:
        """Called when the case was withdrawn or cancelled, under its lock: what it was about may have to know."""

    def may_withdraw(self, case: Any) -> bool:
        """Whether the applicant may still withdraw: at any time before the decision."""
        return case.decided_at is None


def all_flows() -> list[type[CaseFlow]]:
    """Every concrete flow of the house."""
    found, queue = [], [CaseFlow]
    while queue:
        for flow in queue.pop().__subclasses__():
            queue.append(flow)
            if flow.process_class is not None and flow.prefix:
                found.append(flow)
    return sorted(found, key=lambda flow: flow.label())


def flow_of(label: str) -> type[CaseFlow] | None:
    """The flow with this short name."""
    return next((flow for flow in all_flows() if flow.label() == label), None)


def node_title(flow_label: str, node_name: str) -> str:
    """A step's title in the reader's language; the bare name for a step that is no longer in the flow."""
    flow = flow_of(flow_label)
    node = flow._nodes_by_name.get(node_name) if flow else None
    return str(node.task_title) if node else node_name.replace("_", " ")


def whose_turn(item: "WorkItem") -> str:
    """Who has taken a step, or whose turn it is, in words."""
    if item.assignee:
        return str(item.assignee)
    flow = flow_of(item.flow)
    return capfirst(str(flow.partner)) if flow and item.role == "applicant" else item.get_role_display()
