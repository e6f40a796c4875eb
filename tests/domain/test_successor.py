"""Who is to be found from now on."""

import pytest

from bot.domain.successor import Successor, named

ANNOUNCED = (
    ("以后找李四 13800000001", "李四", "13800000001"),
    ("换人了，李四13800000001", "李四", "13800000001"),
    ("换人 王小明 138-0000-0002", "王小明", "13800000002"),
    ("以后这事由赵六负责，电话0431-88000000", "赵六", "043188000000"),
    ("联络员换成欧阳修了，１３８０００００００３", "欧阳修", "13800000003"),
    ("3换李四", "李四", ""),
    ("换李四吧", "李四", ""),
    ("请联系新同事孙七：13800000004", "孙七", "13800000004"),
    ("交给周八接手", "周八", ""),
    ("联系人：吴九，手机 13800000005", "吴九", "13800000005"),
    ("我调走了，以后找管理员", "", ""),
    ("以后不找我了", "", ""),
    ("换人", "", ""),
    ("编号138000000012345678", "", ""),
    ("", "", ""),
)


@pytest.mark.parametrize(("text", "name", "phone"), ANNOUNCED)
def test_the_name_and_the_number_are_found_or_left_empty(text, name, phone):
    assert named(text) == Successor(name, phone)


def test_a_long_text_takes_no_time():
    assert named("找李" * 50_000 + " 13800000001").phone == ""
