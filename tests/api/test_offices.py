"""Offices and reported rounds over the API."""

from datetime import UTC, date, datetime

from fastapi.testclient import TestClient

from api.app import create_app
from inspection.offices import Office, OfficeLevel
from inspection.reporting import ReportedRound
from inspection.reporting.report import Filing, Totals
from store.memory import MemoryStores


def test_offices_and_reports_are_listed_by_region() -> None:
    stores = MemoryStores()
    stores.offices.add(
        [
            Office(id="sd", name="山东省政府办公厅", level=OfficeLevel.PROVINCIAL, region="370000"),
            Office(id="yt", name="青山市政府办公室", level=OfficeLevel.MUNICIPAL, region="370600", parent="sd"),
            Office(id="bj", name="北京市政府办公厅", level=OfficeLevel.PROVINCIAL, region="110000"),
        ]
    )
    totals = Totals(running=40, sampled=10, passed=9, failed=1)
    filing = Filing(totals=totals, as_of=date(2017, 3, 31), filed_at=datetime(2017, 4, 3, tzinfo=UTC), by="甲")
    stores.reports.add(
        [
            ReportedRound(
                id="2017Q1:yt",
                region="370600",
                office="yt",
                office_name="青山市政府办公室",
                level=OfficeLevel.MUNICIPAL,
                period="2017Q1",
                filings=(filing,),
            )
        ]
    )
    client = TestClient(create_app(stores))
    assert [row["id"] for row in client.get("/v1/offices?region=37").json()["items"]] == ["sd", "yt"]
    assert [row["id"] for row in client.get("/v1/offices?level=municipal").json()["items"]] == ["yt"]
    [report] = client.get("/v1/reports?region=3706&period=2017Q1").json()["items"]
    assert (report["sampled"], report["rate"], report["has_results"]) == (10, 0.9, False)
    assert client.get("/v1/reports?region=11").json()["items"] == []
    assert client.get("/v1/offices?region=x").status_code == 422
