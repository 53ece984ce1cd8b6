"""What the programme announces. A receiver only calls one of its own services, in that transaction."""

from django.dispatch import Signal

# milestone: Milestone, done now; evidence: Evidence, the one that was confirmed; by: User; choices: what the step chose
# besides its decision. A receiver may return changes, field → (from, to), for the decision log.
milestone_confirmed = Signal()
# milestone: Milestone, in progress again; evidence: Evidence, withdrawn; by: User. A receiver may return changes too.
milestone_reopened = Signal()
