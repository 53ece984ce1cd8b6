"""Blocks that article bodies are made of."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

RICH_TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul"]


class ArticleBlock(blocks.StreamBlock):
    """The body of an article: headings, paragraphs, pictures, quotations, files."""

    heading = blocks.CharBlock(label=_("Heading"), icon="title", template="blocks/heading.html")
    paragraph = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", features=RICH_TEXT_FEATURES)
    image = ImageBlock(label=_("Picture"), icon="image", template="blocks/image.html")
    quotation = blocks.BlockQuoteBlock(label=_("Quotation"), icon="openquote")
    file = DocumentChooserBlock(label=_("File"), icon="doc-full", template="blocks/file.html")

    class Meta:
        template = "blocks/article.html"


def plain_texts(body: blocks.StreamValue) -> list[str]:
    """The texts of an article without markup, in order."""
    return body.stream_block.get_searchable_content(body)


def files_in(body: blocks.StreamValue) -> list[Any]:
    """The files that are blocks of a body of their own."""
    return [block.value for block in body if block.block_type == "file" and block.value]
