"""Helpers of the tests that run real programs: brokers, clients, homes, supervisord.

Nothing here sleeps for a fixed time: every wait is for an event (a log line, an answer, the end of
a process) and has a generous deadline that only a failure reaches.
"""

import os

DEADLINE_S = 60.0
"""How long any single event may take before the test fails."""

# What our clients would take from whoever runs the tests.
for _name in [each for each in os.environ if each.startswith("MQTT_")]:
    del os.environ[_name]
