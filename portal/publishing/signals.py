"""What `workflow` tells the apps above it, which it does not know."""

from django.dispatch import Signal

# Sent by `workflow.carry_out` with `pairs`, the (entry, revision) pairs that were just made public
# or withdrawn, all of one kind (`sender`), and with `at`, the moment. It is sent in the same
# transaction: what a receiver writes stays or goes with the approval, and what it raises undoes it.
carried_out = Signal()
