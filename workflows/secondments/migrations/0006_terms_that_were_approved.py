import django.core.validators
from django.db import migrations, models
from django.db.models import F


def remember(apps, schema_editor):
    """Running cases that were decided: their term is the nearest that is known of what was approved."""
    rows = apps.get_model("secondments", "Secondment").objects.filter(
        state__in=["active", "suspended"], decided_at__isnull=False
    )
    rows.update(approved_first_day=F("first_day"), approved_last_day=F("last_day"))


class Migration(migrations.Migration):
    dependencies = [
        ("secondments", "0005_branch_is_known"),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondmentSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shift_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="The first day, earlier or later; the last day moves with it at most.",
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="days by which an appointment may move the approved term",
                    ),
                ),
                (
                    "final_days",
                    models.PositiveSmallIntegerField(
                        default=60,
                        help_text="For the final report, and for the township's view of the term.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="days before the end from which the term is reported on",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of secondments",
            },
        ),
        migrations.AddField(
            model_name="secondment",
            name="approved_first_day",
            field=models.DateField(blank=True, null=True, verbose_name="first day that was approved"),
        ),
        migrations.AddField(
            model_name="secondment",
            name="approved_last_day",
            field=models.DateField(blank=True, null=True, verbose_name="last day that was approved"),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
