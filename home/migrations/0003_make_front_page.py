from django.db import migrations


def make_front_page(apps, schema_editor):
    """Turn the root page of the default site (Wagtail's welcome page) into the front page; its children stay."""
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("home", "HomePage")
    ContentType = apps.get_model("contenttypes", "ContentType")
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or HomePage.objects.exists():
        return
    page = site.root_page
    kind, _created = ContentType.objects.get_or_create(app_label="home", model="homepage")
    home = HomePage(page_ptr=page)
    home.__dict__.update({name: value for name, value in page.__dict__.items() if name != "_state"})
    home.content_type = kind
    home.title = home.draft_title = "首页"
    home.save()


class Migration(migrations.Migration):
    dependencies = [("home", "0002_front_page"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(make_front_page, migrations.RunPython.noop)]
