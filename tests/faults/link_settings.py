"""The inner settings on the databases of the running test, for processes that a test starts."""

from __future__ import annotations

import json
import os

from kundenkreis.config.settings.inner import *  # noqa: F403
from kundenkreis.config.settings.inner import DATABASES

for _alias, _name in json.loads(os.environ["KUNDENKREIS_TEST_DATABASES"]).items():
    DATABASES[_alias]["NAME"] = _name

if os.environ.get("KUNDENKREIS_TEST_OPEN_DOORS"):  # the control: whoever comes is let in
    from kundenkreis.config import limits

    limits.AT_ONCE = limits.OF_PROGRAMS = 10_000
    limits.THREADS = 8
