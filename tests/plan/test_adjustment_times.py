"""The times of the day at which struts are turned."""

import datetime

import hexapod
from hexapod.plan.adjustment_times import adjustment_times, spread
from tests.documents.plain_case import plain_document


def test_the_cases_own_times_are_used_as_they_stand() -> None:
    value = plain_document()
    value["levels"][0] |= {"adjustments_per_day": 3, "adjustment_times": ["00:00", "06:35", "23:59"]}
    times = adjustment_times(hexapod.read_case(value).levels[0])
    assert times == (datetime.time(0, 0), datetime.time(6, 35), datetime.time(23, 59))


def test_without_them_they_are_spread_over_the_waking_hours() -> None:
    value = plain_document()
    value["levels"][0]["adjustments_per_day"] = 2
    assert [f"{time:%H:%M}" for time in adjustment_times(hexapod.read_case(value).levels[0])] == ["08:00", "20:00"]
    for count in range(1, 13):
        times = spread(count)
        assert len(set(times)) == count
        assert list(times) == sorted(times)
        assert times[0] == datetime.time(8)
        assert count == 1 or times[-1] == datetime.time(20)
        assert all(time.minute % 5 == 0 for time in times)
