"""How a form of the public site is drawn: `{{ form }}` and `{{ form.field.as_field_group }}` give the site's fields."""

from django.forms.renderers import TemplatesSetting


class SiteFormRenderer(TemplatesSetting):
    """Label, help, control, errors beside the field; a summary of all errors above the form."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
