"""What the network announces to the rooms above. A receiver only calls one of its own services, in that transaction.

Every signal is sent with `by` (the User who did it, None for the system).
"""

from django.dispatch import Signal

# venue: Venue
venue_created = Signal()
# venue: Venue, about to be deleted, never having served. A receiver raises ValidationError where it must stay.
venue_removing = Signal()
# venue: Venue; changes: dict of field → (from, to). Contact, facilities, hours and the like; not the status.
venue_changed = Signal()
# venue: Venue; new: str (Venue.Status). Before any row is locked: a receiver locks its own rows first, then the venue
# is, which is the order of every service of the rooms above.
venue_status_changing = Signal()
# venue: Venue; old, new: str (Venue.Status); reason: str
venue_status_changed = Signal()
# closure: Closure
closure_announced = Signal()
# closure: Closure, already deleted (its fields can still be read)
closure_withdrawn = Signal()
# appointment: Appointment, created or resumed. It may begin later: look at `since`.
appointment_started = Signal()
# appointment: Appointment, ended or suspended: look at `status`.
appointment_ended = Signal()
