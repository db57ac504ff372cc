"""Helpers of the tests that run real programs: brokers, clients, homes, supervisord.

Nothing here sleeps for a fixed time: every wait is for an event (a log line, an answer, the end of
a process) and has a generous deadline that only a failure reaches.
"""

DEADLINE_S = 60.0
"""How long any single event may take before the test fails."""
