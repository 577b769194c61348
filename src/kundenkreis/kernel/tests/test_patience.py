from __future__ import annotations

import pytest
from django.db import connection, transaction

from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.patience import no_longer_than
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import CRM

pytestmark = pytest.mark.django_db(databases=CRM)

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT max(i) FROM n"


def count_to(number: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COUNT.format(number))
        return int(cursor.fetchone()[0])


def test_what_takes_too_long_is_given_up_and_the_next_question_is_not() -> None:
    with pytest.raises(DomainError, match="too long"), no_longer_than(Side.CRM, 0.02):
        count_to(100_000_000)
    assert count_to(200_000) == 200_000
    with no_longer_than(Side.CRM, 10):
        assert count_to(1_000) == 1_000
