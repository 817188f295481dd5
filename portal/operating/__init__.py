"""What the operator runs beside the portal: backups, restoring, and the list of alarms.

It asks every app, and no app knows of it.
"""
