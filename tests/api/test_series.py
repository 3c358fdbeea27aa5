"""The series of pass rates over the API."""

from fastapi.testclient import TestClient

from api.app import create_app
from inspection.workflows.keep_series import import_series
from store.memory import MemoryStores

PUBLISHED = """\
period,running_sites,state_council_sampled,state_council_pass_pct
2017Q1,43143,469,91
2016Q4,,,
"""


def test_a_place_has_its_own_series() -> None:
    stores = MemoryStores()
    import_series(PUBLISHED, region="000000", origin="a.csv", series=stores.series_points)
    import_series(PUBLISHED, region="370000", origin="a.csv", series=stores.series_points)
    client = TestClient(create_app(stores))
    assert client.get("/v1/series").json() == [
        {"period": "2016Q4", "running": None, "sampled": None, "rate": None, "reported_rate": None},
        {"period": "2017Q1", "running": 43143, "sampled": 469, "rate": 0.91, "reported_rate": None},
    ]
    assert len(client.get("/v1/series?region=370000").json()) == 2
    assert client.get("/v1/series?region=440000").json() == []
    assert client.get("/v1/series?region=990000").status_code == 404
    assert client.get("/v1/series?region=37").status_code == 422
