"""The pages of the application form: one group of questions a page. Nothing typed is lost, right or wrong."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.forms import SiteFormRenderer
from common.privatefiles import PrivateFileField
from network.models import Division, Venue

from .forms import date_input
from .models import ApplicantKind, Application, Draft, Paper
from .rules import CONTRACT_FIELDS

MAX_TYPED = 5000
PLACES = (Division.Level.TOWNSHIP, Division.Level.COMMUNITY, Division.Level.VILLAGE)


class StepForm(forms.Form):
    """One page."""

    title: Any = ""
    default_renderer = SiteFormRenderer

    def typed(self) -> dict[str, str]:
        """What was typed, right or wrong, for the draft."""
        return {name: str(self.data.get(name, ""))[:MAX_TYPED].replace("\0", "") for name in self.fields}


class KindForm(StepForm):
    """What kind of room, as what, in which line."""

    title = _("What you apply for")

    kind = forms.ChoiceField(label=_("What kind of room is it?"), widget=forms.RadioSelect)
    wanted = forms.ChoiceField(
        label=_("What should it become?"),
        widget=forms.RadioSelect,
        choices=[(Venue.Tier.BRANCH, _("A branch")), (Venue.Tier.POINT, _("A service point"))],
        help_text=_("An internet venue can only be a service point."),
    )
    library = forms.BooleanField(label=_("Library: books, reading, lending"), required=False)
    culture = forms.BooleanField(label=_("Cultural centre: courses, rehearsals, exhibitions"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ApplicantKind.objects.all()
        self.fields["kind"].choices = [(row.code, row.get_code_display()) for row in rows]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("library") or cleaned.get("culture")):
            self.add_error("library", _("Choose the library line, the culture line or both."))
        kind = ApplicantKind.objects.filter(code=cleaned.get("kind", "")).first()
        if kind and cleaned.get("wanted") and not kind.may_be(cleaned["wanted"]):
            self.add_error("wanted", _("This kind of room cannot become that."))
        return cleaned


class PlaceChoices(forms.ModelChoiceField):
    """Villages and communities below their townships."""

    def label_from_instance(self, place: Division) -> str:
        return str(place) if place.level == Division.Level.TOWNSHIP else f"{place.parent} {place}"


class PlaceForm(StepForm):
    """Name and place."""

    title = _("The room and its place")

    venue_name = forms.CharField(label=_("Name of the room"), max_length=80)
    division = PlaceChoices(
        label=_("Township, community or village"),
        queryset=Division.objects.filter(level__in=PLACES).select_related("parent"),
        empty_label=pgettext_lazy("empty choice", "Choose"),
    )
    address = forms.CharField(label=_("Address"), max_length=200)


class RoomForm(StepForm):
    """Size and hours."""

    title = _("Size and opening hours")

    floor_area = forms.DecimalField(label=_("Floor area (m²)"), min_value=1, max_value=99999, decimal_places=1)
    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=9999)
    stock = forms.IntegerField(
        label=_("Stock (volumes)"), min_value=0, max_value=9_999_999, required=False, help_text=_("Empty: none.")
    )
    hours = forms.CharField(
        label=_("Planned opening hours"),
        max_length=200,
        help_text=_("For everybody, free of charge. For example: Monday to Friday 8:00–18:00, Saturday 9:00–17:00."),
    )


class PeopleForm(StepForm):
    """Contact and staff."""

    title = _("People")

    contact_name = forms.CharField(label=_("Contact"), max_length=40)
    contact_phone = forms.CharField(
        label=_("Telephone"), max_length=30, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    staff = forms.CharField(
        label=_("Who will run it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One person a line; write “part-time” behind the name where it is so."),
    )

    def clean_staff(self) -> list[str]:
        return [line.strip()[:80] for line in self.cleaned_data["staff"].splitlines() if line.strip()]


class OperatorForm(StepForm):
    """Who runs it; contract and licence where they are needed."""

    title = _("Operator and licence")

    operator = forms.ChoiceField(
        label=_("Who runs the room?"),
        widget=forms.RadioSelect,
        choices=[
            (Venue.Operator.SELF, _("We ourselves")),
            (Venue.Operator.COMMISSIONED, _("A commissioned operator")),
            (Venue.Operator.CHAIN, _("A chain operator")),
        ],
        initial=Venue.Operator.SELF,
    )
    operator_name = forms.CharField(
        label=_("Operator's name"), max_length=120, required=False, help_text=_("When somebody else runs it.")
    )
    contract_until = forms.DateField(label=_("Contract runs until"), required=False, widget=date_input())
    performance_goals = forms.CharField(
        label=_("Performance goals"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    exit_terms = forms.CharField(
        label=_("How the contract can be ended"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    licence_number = forms.CharField(
        label=_("Licence number"), max_length=40, required=False, help_text=_("Internet venues only; mandatory there.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("operator") in (Venue.Operator.COMMISSIONED, Venue.Operator.CHAIN):
            for name in CONTRACT_FIELDS:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed when somebody else runs the room."))
        return cleaned


STEPS: dict[str, type[StepForm]] = {
    "kind": KindForm,
    "place": PlaceForm,
    "room": RoomForm,
    "people": PeopleForm,
    "operator": OperatorForm,
}
ORDER = [*STEPS, "papers", "check"]


def step_of(field: str) -> str:
    """The page on which a field is asked."""
    return next((name for name, form in STEPS.items() if field in form.base_fields), "papers")


def collect(draft: Draft) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """A draft's answers, cleaned, and what is wrong: step → messages."""
    facts: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, form_class in STEPS.items():
        form = form_class(draft.data)
        if form.is_valid():
            facts |= form.cleaned_data
        else:
            wrong[name] = [message for messages in form.errors.values() for message in messages]  # type: ignore[misc]
    return facts, wrong


class PapersForm(forms.Form):
    """The papers that are asked of this kind of room. Each stands by itself: a bad one does not lose the good ones."""

    default_renderer = SiteFormRenderer

    def __init__(self, *args: Any, papers: list[Paper], held: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for paper in papers:
            there = held.get(paper.code)
            have = (
                _("You handed in: %(name)s. Choose a file only to replace it.") % {"name": there.name} if there else ""
            )
            self.fields[paper.code] = PrivateFileField(
                label=str(paper), required=False, help_text=" ".join(filter(None, [paper.hint, str(have)]))
            )


class StatementForm(forms.Form):
    """The statement of free will 自愿 (R82), the last thing before sending."""

    default_renderer = SiteFormRenderer
    free_will = forms.BooleanField(
        label=_("Our organisation applies of its own free will, and everything stated here is true."),
        error_messages={"required": _("Only who applies of their own free will can join (R82).")},
    )


class QuestionnaireForm(forms.Form):
    """Who qualifies for what: a few questions, asked of anybody."""

    default_renderer = SiteFormRenderer
    kind = forms.ChoiceField(label=_("What kind of room is it?"))
    library = forms.BooleanField(label=_("It offers books, reading, lending"), required=False)
    culture = forms.BooleanField(label=_("It offers courses, rehearsals, exhibitions"), required=False)
    area = forms.IntegerField(label=_("Floor area (m²)"), min_value=1, max_value=99999)
    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=9999)
    stock = forms.IntegerField(label=_("Books (volumes)"), min_value=0, max_value=9_999_999, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ApplicantKind.objects.all()
        self.fields["kind"].choices = [(row.code, row.get_code_display()) for row in rows]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("library") or cleaned.get("culture")):
            self.add_error("library", _("Say what it offers: one of the two, or both."))
        return cleaned

    def answer(self) -> dict[str, Any]:
        """What the room may become ("branch", "point" or nothing), in which lines, and why not more."""
        data = self.cleaned_data
        kind = ApplicantKind.objects.get(code=data["kind"])
        lines = [line for line in ("library", "culture") if data[line] and getattr(kind, line)]
        short = list(_too_small(kind, data, "library" in lines))
        tier = ""
        if lines and kind.may_be_branch and not short:
            tier = Venue.Tier.BRANCH
        elif lines and kind.may_be_point and data["area"] >= kind.point_area:
            tier = Venue.Tier.POINT
        return {"tier": tier, "lines": lines, "short": short if kind.may_be_branch else [], "kind": kind}


def _too_small(kind: ApplicantKind, data: dict[str, Any], library: bool) -> Iterator[str]:
    """What a branch of this kind would need more of."""
    if data["area"] < kind.branch_area:
        yield str(_("A branch needs %(n)s m².") % {"n": kind.branch_area})
    if data["seats"] < kind.branch_seats:
        yield str(_("A branch needs %(n)s seats.") % {"n": kind.branch_seats})
    if library and (data.get("stock") or 0) < kind.branch_stock:
        yield str(_("A library branch needs %(n)s volumes.") % {"n": kind.branch_stock})


class StatusForm(forms.Form):
    """Reference number and check word."""

    default_renderer = SiteFormRenderer
    number = forms.CharField(label=_("Reference number"), max_length=20)
    word = forms.CharField(label=_("Check word"), max_length=8)

    def found(self) -> Application | None:
        """The application, if both are right."""
        number, word = self.cleaned_data["number"].strip().upper(), self.cleaned_data["word"].strip().upper()
        return Application.objects.filter(number=number, check_word=word).first()
