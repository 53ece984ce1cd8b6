"""Who may see which secondments. The board's and the report's own reads stand in `board.py` and `report.py`."""

from typing import Any

from django.db.models import Q, QuerySet

from network.models import Post
from network.permissions import duties
from workflows.core.permissions import Mandate, case_scope

from .models import Secondment


def visible(user: Any, mandate: Mandate | None = None) -> QuerySet[Secondment]:
    """The secondments that somebody may see: officials their scope, a branch's head those of the branch.

    Args:
        user: who looks.
        mandate: what they may do, where that has been read already.
    """
    scope = case_scope(user, mandate=mandate)
    if not scope:  # all: an empty filter would vanish beside another
        return Secondment.objects.all()
    chief = duties(user).filter(post__title=Post.Title.BRANCH_HEAD).values("post__venue")
    return Secondment.objects.filter(scope | Q(branch__in=chief))
