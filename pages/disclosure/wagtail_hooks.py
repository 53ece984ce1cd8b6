"""What the disclosure room adds to Wagtail's admin and to the public menu."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from pages.core.navigation import MenuLink

from .models import Catalogue, DisclosureIndexPage, DocumentPage, OrganPage, PublicationRefusedError
from .services import PUBLICATION_WORKDAYS, publication_delay


class CatalogueViewSet(SnippetViewSet):
    """The catalogue of documents, as a register."""

    model = Catalogue
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Document catalogue")
    menu_order = 690
    add_to_settings_menu = True
    list_display = ["name", "parent", "position"]
    search_fields = ["name"]


register_snippet(CatalogueViewSet)


class DocumentWorkflowAction(WorkflowActionView):
    """Approving a document that may not be published says why, and leads to where it is put right."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except PublicationRefusedError as refused:
            messages.error(request, str(refused))
            where = reverse("wagtailadmin_pages:edit", args=[self.object.pk])
            if request.headers.get("x-requested-with") == "XMLHttpRequest":
                return self.render_modal_json(request, {"step": "success", "redirect": where})
            return redirect(where)


class DocumentPageViewSet(PageViewSet):
    model = DocumentPage
    workflow_action_view_class = DocumentWorkflowAction


@hooks.register("register_admin_viewset")
def document_views() -> DocumentPageViewSet:
    return DocumentPageViewSet()


@hooks.register("public_menu")
def menu_link() -> MenuLink:
    """The link to the catalogue. Its address stays, so that no page need ask for it."""
    return MenuLink(_("Disclosure"), "/disclosure/", order=40)


@hooks.register("before_copy_page")
def refuse_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A copy would carry the number of another document."""
    if not isinstance(page.specific, DocumentPage | OrganPage | DisclosureIndexPage):
        return None
    messages.error(request, _("Documents are not copied: each has its own index number. Start a new document."))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("after_publish_page")
def warn_of_delay(request: HttpRequest, page: Page) -> None:
    """Say so where the law's term for publishing was missed (政府信息公开条例 26)."""
    if isinstance(page, DocumentPage) and (days := publication_delay(page.made_on, page.published_on)):
        messages.warning(
            request,
            _("Published %(days)s working days after it was made; the law allows %(limit)s (条例 26).")
            % {"days": days, "limit": PUBLICATION_WORKDAYS},
        )
