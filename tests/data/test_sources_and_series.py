"""Sources are complete, series can be read, and the finance series agree with the totals stated in the evidence."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILE: dict[str, Any] = yaml.safe_load((ROOT / "data/sources.yml").read_text(encoding="utf-8"))
SOURCES: dict[str, dict[str, str]] = FILE["sources"]
SERIES: dict[str, dict[str, str]] = FILE["series"]
# Stated in USD million: revenue, assessed, other, voluntary, expense; and in CHF million: revenue, assessed, expense.
STATED = {
    "2014": (182.5, 111.2, 59.4, 11.9, 188.1, 166.9, 101.7, 172.0),
    "2015": (175.9, 127.6, 42.6, 5.7, 191.8, 169.3, 122.8, 184.7),
    "2016": (172.2, 119.9, 47.2, 5.1, 183.6, 169.6, 118.1, 180.8),
    "2017": (182.6, 125.1, 46.6, 10.8, 200.0, 179.7, 123.2, 196.9),
    "2018": (178.7, 126.8, 33.9, 18.0, 186.8, 174.9, 124.1, 182.8),
    "2019": (192.0, 129.7, 44.7, 17.5, 250.9, 190.8, 128.9, 249.3),
    "2020": (192.9, 142.4, 38.3, 12.3, 246.5, 181.2, 133.7, 231.4),
    "2021": (191.9, 137.3, 39.7, 14.8, 208.1, 175.4, 125.5, 190.3),
    "2022": (194.4, 138.3, 40.7, 15.5, 218.9, 185.7, 132.0, 209.0),
    "2023": (231.1, 152.8, 55.6, 22.7, 260.7, 207.6, 137.2, 234.3),
    "2024": (215.5, 145.3, 46.6, 23.6, 246.4, 189.8, 128.0, 217.0),
}


def read(name: str) -> dict[str, float]:
    """Return the observations of a series by period."""
    with (ROOT / "data" / SERIES[name]["file"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and list(rows[0]) == ["period", "value"], name
    return {row["period"]: float(row["value"]) for row in rows}


def yearly(name: str, year: str) -> float:
    """Return the mean of the twelve months of a year."""
    months = [value for period, value in read(name).items() if period.startswith(year)]
    assert len(months) == 12
    return sum(months) / 12


def test_sources_are_complete() -> None:
    """Every source has a title, an ISO date, a code, a licence and a note; E is never a source's code."""
    for key, source in SOURCES.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
        assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", source["date"]), key
        assert source["confidence"] in {"R", "R2", "M-H", "M-M", "M-L"}, key
        assert source["title"] and source["licence"] and source["note"], key


def test_references_exist() -> None:
    """Every reference of a source is an entry of the bibliography, whose keys are unique."""
    entries = re.findall(r"^@\w+\{(\w+),", (ROOT / "data/references.bib").read_text(encoding="utf-8"), re.M)
    assert len(entries) == len(set(entries))
    assert {source["reference"] for source in SOURCES.values() if "reference" in source} <= set(entries)


def test_every_source_named_in_the_parameters_exists() -> None:
    """No parameter file names a source that is not declared."""
    named: set[str] = set()

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            named.update(name for name in [node.get("source"), *node.get("rests_on", [])] if isinstance(name, str))
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            collect(child)

    for file in (ROOT / "params").rglob("*.yml"):
        collect(yaml.safe_load(file.read_text(encoding="utf-8")))
    named.discard("estimate")
    assert named <= set(SOURCES)


def test_series_are_declared_and_ordered() -> None:
    """Every file is declared, and periods are years or months in order."""
    files = {f"series/{path.name}" for path in (ROOT / "data/series").glob("*.csv")}
    assert files == {entry["file"] for entry in SERIES.values()}
    for name, entry in SERIES.items():
        assert entry["source"] in SOURCES and entry["title"] and entry["unit"] and entry["licence"]
        periods = list(read(name))
        assert periods == sorted(set(periods)), name
        assert all(re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", period) for period in periods), name


@pytest.mark.parametrize("name", ["chf_per_usd", "eur_per_usd", "chf_per_eur"])
def test_exchange_rates_are_complete_months(name: str) -> None:
    """198 months from January 2010 to June 2026 without a gap."""
    months = list(read(name))
    assert months == [f"{2010 + n // 12}-{n % 12 + 1:02d}" for n in range(198)]


def test_annual_exchange_rates_agree_with_those_stated() -> None:
    """Means of the months agree with the annual averages stated; EUR is averaged as USD per EUR, as it is quoted."""
    stated = {
        "chf_per_usd": [0.9784, 0.9937, 0.9389, 0.9144, 0.9550, 0.8984, 0.8808, 0.8305],
        "eur_per_usd": [0.8462, 0.8933, 0.8764, 0.8453, 0.9493, 0.9245, 0.9242, 0.8845],
        "chf_per_eur": [1.156, 1.112, 1.071, 1.082, 1.006, 0.972, 0.953, 0.939],
    }
    for name, values in stated.items():
        for year, value in zip(range(2018, 2026), values, strict=True):
            mean = yearly(name, str(year))
            if name == "eur_per_usd":
                mean = 12 / sum(1 / rate for period, rate in read(name).items() if period.startswith(str(year)))
            tolerance = 0.003 if name == "chf_per_eur" else 0.0006
            assert mean == pytest.approx(value, abs=tolerance), (name, year)


def test_consumer_prices() -> None:
    """The cumulative change from 2020 to 2025 is 7.0 per cent, as stated."""
    level = 1.0
    for year in range(2021, 2026):
        level *= 1 + read("swiss_cpi")[str(year)] / 100
    assert 100 * (level - 1) == pytest.approx(7.0, abs=0.05)


@pytest.mark.parametrize("year", STATED)
def test_finance_series_agree_with_stated_totals(year: str) -> None:
    """Sums of the records agree with the table of 2014 to 2024 in USD, and in CHF at the mean rate of the year.

    All eleven years agree to CHF or USD 0.1 million; the stated figures are rounded to that.
    """
    names = ["itu_revenue_usd", "itu_assessed_usd", "itu_other_usd", "itu_voluntary_usd", "itu_expense_usd"]
    values = [read(name)[year] / 1e6 for name in names]
    assert values == pytest.approx(STATED[year][:5], abs=0.1)
    rate = yearly("chf_per_usd", year)
    assert [values[n] * rate for n in (0, 1, 4)] == pytest.approx(STATED[year][5:], abs=0.15)


def test_revenue_is_the_sum_of_its_parts_and_below_expense_since_2014() -> None:
    """Parts add up to the franc, rounding aside; expense exceeds revenue in every year stated."""
    parts = [read(f"itu_{part}_usd") for part in ("assessed", "voluntary", "other")]
    revenue, expense = read("itu_revenue_usd"), read("itu_expense_usd")
    assert list(revenue) == list(expense) == [str(year) for year in range(2011, 2025)]
    for year, value in revenue.items():
        assert sum(part[year] for part in parts) == pytest.approx(value, abs=2)
        assert year < "2014" or expense[year] > value


def test_attendance_realised_lies_in_the_stated_range() -> None:
    """Outcome over forecast lies between the ends that the two forecasts of an edition give."""
    ends = {
        "2009": (0.37, 0.38),
        "2015": (4000 / 11000, 4000 / 9000),
        "2018": (3100 / 8000, 3100 / 7000),
        "2019": (4000 / 6000, 4000 / 5000),
        "2023": (0.83, 0.84),
    }
    observed = read("attendance_forecast_ratio")
    assert set(observed) == set(ends)
    assert all(low <= observed[year] <= high for year, (low, high) in ends.items())
