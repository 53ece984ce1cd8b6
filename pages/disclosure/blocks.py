"""The body of a government document: numbered headings and paragraphs."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from pages.core.blocks import RICH_TEXT_FEATURES


class NumberedHeadingBlock(blocks.StructBlock):
    """A heading as documents number them: 一、 then (一) then 1. (GB/T 9704-2012, 7.3.3)."""

    level = blocks.ChoiceBlock(
        label=_("Level"),
        choices=[("1", _("First: 一、")), ("2", _("Second: (一)")), ("3", _("Third: 1."))],
        default="1",
    )
    text = blocks.CharBlock(label=_("Heading with its number"), max_length=200)

    class Meta:
        label = _("Heading")
        icon = "title"


class DocumentBody(blocks.StreamBlock):
    """What a government document's text is made of."""

    heading = NumberedHeadingBlock()
    paragraph = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", features=RICH_TEXT_FEATURES)
    image = ImageBlock(label=_("Picture"), icon="image", template="blocks/image.html")
    file = DocumentChooserBlock(label=_("File"), icon="doc-full", template="blocks/file.html")
