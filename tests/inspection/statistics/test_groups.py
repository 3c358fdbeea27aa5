"""Groups of a site and their names."""

import pytest

from inspection.registry import SiteCategory
from inspection.statistics import Dimension
from inspection.statistics.groups import groups_of, label_of


@pytest.mark.parametrize(
    ("code", "region", "places"),
    [
        ("3700000001", "370000", {"province": "37"}),
        ("3706000001", "370600", {"province": "37", "city": "3706"}),
        ("3706130001", "370613", {"province": "37", "city": "3706", "county": "370613"}),
        ("bm07010001", "000000", {"province": "00", "department": "07"}),
    ],
)
def test_groups(code, region, places):
    groups = {dimension.value: key for dimension, key in groups_of(code, region, SiteCategory.CITY_PORTAL)}
    assert groups == {
        "nation": "000000",
        "category": "city-portal",
        "province-category": f"{region[:2]}/city-portal",
        **places,
    }


@pytest.mark.parametrize(
    ("group", "label"),
    [
        ((Dimension.NATION, "000000"), "全国"),
        ((Dimension.CATEGORY, "county-below"), "县级以下"),
        ((Dimension.PROVINCE, "37"), "山东省"),
        ((Dimension.PROVINCE, "00"), "国务院部门"),
        ((Dimension.PROVINCE, "66"), "新疆生产建设兵团"),
        ((Dimension.DEPARTMENT, "07"), "工业和信息化部"),
        ((Dimension.DEPARTMENT, "99"), "部门99"),
        ((Dimension.CITY, "3706"), "烟台市"),
        ((Dimension.CITY, "1101"), "北京市"),
        ((Dimension.COUNTY, "370613"), "山东省烟台市莱山区"),
        ((Dimension.PROVINCE_CATEGORY, "37/city-portal"), "山东省 市级政府门户"),
    ],
)
def test_labels(group, label):
    assert label_of(group) == label
