"""A small survey form on facilities, one question of each kind."""

from decimal import Decimal

from workflows.milestones.models import SurveyQuestion

ALL = {"for_heads": True, "for_branches": True, "for_points": True}


def question(key, kind, save=True, **more):
    """A question on facilities that every level must answer, unless said otherwise."""
    values = {"form": "facilities", "label": key, "label_en": f"The {key}", **ALL, **more}
    row = SurveyQuestion(key=key, kind=kind, **values)
    row.full_clean(validate_unique=save, validate_constraints=save)
    if save:
        row.save()
    return row


def make_questions():
    """The form: area and seats feed the register, seats have a norm for points, the square is a village's only."""
    rows = [
        question("area", "decimal", unit="平方米", unit_en="m²", minimum=0, register_field="floor_area", order=1),
        question("seats", "whole", minimum=0, maximum=500, norm_point=Decimal(6), register_field="seats", order=2),
        question("stage", "yes_no", norm_point=1, order=3),
        question("state", "choice", options="完好|Good\n危房|Unsafe", order=4, required=False),
        question("phone", "short", register_field="phone", required=False, order=5),
        question("note", "long", required=False, order=6),
        question("square", "whole", for_heads=False, for_branches=False, required=False, order=7),
    ]
    return {row.key: row for row in rows}


GOOD = {"area": "120.5", "seats": "8", "stage": "是"}
