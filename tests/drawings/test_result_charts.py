"""The chart of a clinic's results: every treatment a mark, the median where it is."""

import re

from hexapod.drawings.charts.result_charts import LEFT_MM, RIGHT_MM, WIDTH_MM, spread_chart


def test_every_treatment_is_a_mark_and_the_median_stands_between() -> None:
    chart = spread_chart({"2025": [10.0, 20.0, 40.0], "2026": [], "2027": [40.0]}, "Index, days/cm")
    assert chart is not None
    text = chart.decode()
    assert text.count("<circle") == 4
    assert "2025 (n 3)" in text
    assert "2026" not in text
    assert "2027 (n 1)" in text
    at = [float(x) for x in re.findall(r'<circle cx="([0-9.]+)"', text)]
    scale = (WIDTH_MM - LEFT_MM - RIGHT_MM) / 42.0  # 5 % beyond the greatest value, 40
    assert [round((x - LEFT_MM) / scale, 1) for x in at] == [10.0, 20.0, 40.0, 40.0]
    thick = re.findall(r'M([0-9.]+) [0-9.]+ L[0-9.]+ [0-9.]+" fill="none" stroke="#10151c" stroke-width="0.6"', text)
    assert [round((float(x) - LEFT_MM) / scale, 1) for x in thick] == [20.0, 40.0]


def test_without_values_there_is_no_chart() -> None:
    assert spread_chart({"2026": []}, "Index") is None
