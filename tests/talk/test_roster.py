"""A table of units and people: all or nothing, the same again changes nothing, later ones update what they name."""

from datetime import date, timedelta

import pytest
from office import at

from bot.domain import roster_file
from bot.domain.roster import RosterError
from bot.domain.words import Role
from bot.settings import CHANNELS
from bot.talk import roster

NOW = at("09-21 08:00")
HEADER = "单位代码,单位名称,简称,级别,上级代码,姓名,角色,手机,渠道,地址"
TABLE = (
    "220000,吉林省厅,吉林省,省,,,,,,",
    "220100,长春市局,长春,市州,220000,张三,联络员,13800000001,wecom_app,zs",
    "220100,,,,,张三,联络员,,mail,ZS@example.com",
    "220100,长春市局,长春,市州,220000,长春工作群,工作群,,wecom_robot,changchun",
    "220182,榆树市局,榆树,县区,220100,李四,联络员,138 0000 0002,mail,ls@example.com",
    "220182,,,,,长春工作群,工作群,,wecom_robot,changchun",
)


def table(*rows: str) -> bytes:
    return "\r\n".join((HEADER, *rows)).encode()


def load(store, *rows: str, raw: bytes | None = None, now=NOW, complete: bool = False) -> roster.Outcome:
    given = roster_file.read(table(*rows) if raw is None else raw, CHANNELS)
    return roster.load(store, given, now, by="admin:1", filename="名单.csv", complete=complete)


def refused(store, *rows: str) -> list[tuple[int, str]]:
    with pytest.raises(RosterError) as error:
        load(store, *rows)
    with store.read() as tx:
        assert tx.units.all() == []
        assert tx.people.all() == []
        assert tx.audit.list() == []
    return [(each.row, each.column) for each in error.value.problems]


def people(store) -> dict[str, tuple[str, list[tuple[str, Role]], list[tuple[str, str, bool]]]]:
    with store.read() as tx:
        return {
            person.name: (
                person.phone,
                [(post.unit, post.role) for post in person.roles],
                [(address.channel, address.value, address.bad) for address in person.addresses],
            )
            for person in tx.people.all()
        }


def counts(outcome: roster.Outcome) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return tuple((each.new, each.changed, each.unchanged) for each in (outcome.units, outcome.people))


def test_a_group_that_the_dingtalk_app_writes_to_is_taken_by_its_conversation(store):
    load(store, "220100,长春市局,长春,市州,,长春工作群,工作群,,dingtalk_app,group:cidAbc+12/34Xy==")
    with store.read() as tx:
        [group] = tx.people.all("group")
        assert [(address.channel, address.value) for address in group.addresses] == [("dingtalk_app", "group:cidAbc+12/34Xy==")]


def test_a_table_brings_units_people_and_groups_in(store):
    assert counts(load(store, *TABLE)) == ((3, 0, 0), (3, 0, 0))
    with store.read() as tx:
        units = {unit.code: unit for unit in tx.units.all()}
        (entry,) = tx.audit.list()
    assert [(unit.code, unit.level, unit.short_name) for unit in units.values()] == [
        ("220000", "province", "吉林省"),
        ("220100", "prefecture", "长春"),
        ("220182", "county", "榆树"),
    ]
    assert units["220182"].parent_id == units["220100"].id
    assert people(store) == {
        "张三": ("13800000001", [("长春市局", Role.PRIMARY)], [("wecom_app", "zs", False), ("mail", "zs@example.com", False)]),
        "长春工作群": ("", [("长春市局", Role.GROUP), ("榆树市局", Role.GROUP)], [("wecom_robot", "changchun", False)]),
        "李四": ("13800000002", [("榆树市局", Role.PRIMARY)], [("mail", "ls@example.com", False)]),
    }
    assert (entry.by, entry.act, entry.about) == ("admin:1", "roster.loaded", "roster:名单.csv")
    assert "1380000" not in str(entry.after)
    assert "example.com" not in str(entry.after)


def test_the_same_table_again_changes_nothing(store):
    load(store, *TABLE)
    before = people(store)
    assert counts(load(store, *TABLE)) == ((0, 0, 3), (0, 0, 3))
    assert people(store) == before
    with store.read() as tx:
        assert len(tx.audit.list()) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_reads_the_same_in_every_encoding_that_excel_saves(sqlite_store, encoding):
    assert counts(load(sqlite_store, raw=table(*TABLE).decode().encode(encoding))) == ((3, 0, 0), (3, 0, 0))


def test_excels_unicode_text_with_tabs_is_read_and_columns_may_stand_in_any_order(sqlite_store):
    rows = [line.split(",") for line in (HEADER, *TABLE)]
    raw = "\r\n".join("\t".join(reversed(row)) for row in rows).encode("utf-16")
    assert counts(load(sqlite_store, raw=raw)) == ((3, 0, 0), (3, 0, 0))


def test_a_preview_writes_nothing(sqlite_store):
    with sqlite_store.read() as tx:
        found = roster.preview(tx, roster_file.read(table(*TABLE), CHANNELS), date(2018, 9, 21))
    assert counts(found) == ((3, 0, 0), (3, 0, 0))
    assert people(sqlite_store) == {}


def test_every_bad_cell_is_named_by_the_row_that_excel_shows_and_nothing_is_stored(sqlite_store):
    bad = refused(
        sqlite_store,
        *TABLE[:2],
        "",
        "220300,四平市局,四平,地级市,220000,张三,联洛员,138000,mail,zhang.example.com",
        ",无代码局,,县区,,,,,,",
        "220400,辽源市局,辽源,市州,229999,李四,联络员,1.38E+10,weixin,ls",
        "220500,,,,,李四,,,mail,",
    )
    assert bad == [
        (5, "级别"),
        (5, "角色"),
        (5, "手机"),
        (5, "地址"),
        (6, "单位代码"),
        (7, "上级代码"),
        (7, "手机"),
        (7, "渠道"),
        (8, "单位名称"),
        (8, "级别"),
        (8, "角色"),
        (8, "地址"),
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("220100,=HYPERLINK(1),长春,市州,,,,,,", "单位名称"),
        ("220100,长春,长春,市州,,@SUM(1),联络员,,,", "姓名"),
        ("220100,长春,长春,市州,,-张三,联络员,,,", "姓名"),
        ("220100,<script>x</script>,长春,市州,,,,,,", "单位名称"),
        ('220100,"长春\n局",长春,市州,,,,,,', "单位名称"),
        ("220100,长春\u202e局,长春,市州,,,,,,", "单位名称"),
        ("220100," + "长" * 121 + ",长春,市州,,,,,,", "单位名称"),
        ("220100.0,长春,长春,市州,,,,,,", "单位代码"),
        ("220100,长春,长春,市州,,张三,联络员,,wecom_robot,changchun", "渠道"),
        ("220100,长春,长春,市州,,群,工作群,,mail,a@example.com", "渠道"),
        ("220100,长春,长春,市州,,群,工作群,,dingtalk_app,cidAbc123456==", "地址"),
        ("220100,长春,长春,市州,,群,工作群,,dingtalk_app,group:短", "地址"),
        ("220100,长春,长春,市州,,张三,联络员,,dingtalk_app,group:cidAbc123456==", "地址"),
        ("220100,长春,长春,市州,,群,工作群,13800000001,wecom_robot,changchun", "手机"),
        ("220100,长春,长春,市州,,,联络员,,mail,a@example.com", "姓名"),
        ("220100,长春,长春,市州,,张三,联络员,,wecom_app,a|b", "地址"),
        ("220100,长春,长春,市州,,张三,联络员,,mail,a@example.com\\,b@example.com", "地址"),
        ("220100,长春,长春,市州,220100,,,,,", "上级代码"),
        ("220100,长春,长春,市州,,,,,,,多出来的", "表外"),
    ],
)
def test_hostile_and_mistaken_cells_are_refused_in_their_place(sqlite_store, row, column):
    assert (2, column) in refused(sqlite_store, row)


def test_a_loop_of_units_is_refused_at_every_unit_in_it(sqlite_store):
    rows = ("1,甲局,甲,县区,2,,,,,", "2,乙局,乙,县区,3,,,,,", "3,丙局,丙,县区,1,,,,,", "4,丁局,丁,县区,1,,,,,")
    assert refused(sqlite_store, *rows)[:3] == [(2, "上级代码"), (3, "上级代码"), (4, "上级代码")]


def test_a_loop_with_units_that_are_known_is_seen_too(sqlite_store):
    load(sqlite_store, *TABLE)
    with pytest.raises(RosterError, match="绕成了圈"):
        load(sqlite_store, "220000,,,,220182,,,,,")


def test_a_unit_below_one_of_its_own_level_is_refused(sqlite_store):
    assert refused(sqlite_store, "1,甲局,甲,县区,,,,,,", "2,乙局,乙,市州,1,,,,,") == [(3, "上级代码")]


def test_one_code_with_two_names_is_refused_where_the_second_stands(sqlite_store):
    assert refused(sqlite_store, "1,甲局,甲,县区,,,,,,", "1,乙局,甲,县区,,,,,,") == [(3, "单位名称")]


def test_a_bad_row_does_not_make_other_rows_wrong(sqlite_store):
    assert refused(sqlite_store, "1,甲局,甲,大省,,,,,,", "2,乙局,乙,市州,1,,,,,") == [(2, "级别")]


def test_an_account_under_two_names_and_two_numbers_of_one_person_are_refused(sqlite_store):
    rows = (
        "1,甲局,甲,省,,张三,联络员,13800000001,wecom_app,zs",
        "1,,,,,李四,分管领导,,wecom_app,zs",
        "1,,,,,张三,分管领导,13800000003,wecom_app,zs",
    )
    assert refused(sqlite_store, *rows) == [(3, "地址"), (4, "手机")]


def test_people_may_share_a_mailbox_and_one_person_may_hold_several_posts(sqlite_store):
    rows = (
        "1,甲局,甲,省,,张三,联络员,,mail,office@example.com",
        "1,,,,,李四,分管领导,,mail,office@example.com",
        "2,乙局,乙,市州,1,张三,联络员,,mail,office@example.com",
    )
    assert counts(load(sqlite_store, *rows))[1] == (2, 0, 0)
    assert people(sqlite_store)["张三"][1] == [("甲局", Role.PRIMARY), ("乙局", Role.PRIMARY)]
    assert counts(load(sqlite_store, *rows))[1] == (0, 0, 2)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "空"),
        (b"\0" * 500, "空字节"),
        (table(*TABLE).replace("张三".encode(), b"\0"), "空字节"),
        (b"PK\x03\x04" + bytes(200), "另存为"),
        (b"x," * 5_300_000, "10 MB"),
        (table(*["1,甲局,甲,省,,,,,,"] * 20_001), "20000"),
        (table(), "没有内容"),
        (table('1,"甲局,甲,省,,,,,,'), "引号"),
        (b"a,b,c\n1,2,3\n", "表头"),
        ("单位代码,单位名称\n1,甲局\n".encode(), "简称"),
        (f"{HEADER},备注\n".encode(), "备注"),
        (f"{HEADER},地址\n".encode(), "重复"),
    ],
    ids=["empty", "nul", "one nul", "xlsx", "10 MB", "rows", "header only", "quote", "header", "columns", "unknown", "twice"],
)
def test_a_file_that_is_no_roster_is_refused_in_words(sqlite_store, raw, words):
    with pytest.raises(RosterError, match=words):
        load(sqlite_store, raw=raw)


def test_a_later_table_updates_phones_addresses_and_their_order(store):
    load(store, *TABLE)
    later = (
        "220100,长春市工信局,,,,张三,联络员,13800000009,mail,zs@example.com",
        "220100,,,,,张三,联络员,,dingtalk_app,zs9",
    )
    found = load(store, *later)
    assert counts(found) == ((0, 1, 0), (0, 1, 0))
    assert found.person_changes[0].fields == ("phone", "addresses")
    phone, posts, addresses = people(store)["张三"]
    assert (phone, posts) == ("13800000009", [("长春市工信局", Role.PRIMARY)])
    assert [each for each in addresses if not each[2]] == [("mail", "zs@example.com", False), ("dingtalk_app", "zs9", False)]
    assert ("wecom_app", "zs", True) in addresses
    assert counts(load(store, *later)) == ((0, 0, 1), (0, 0, 1))
    with store.read() as tx:
        assert tx.people.by_address("wecom_app", "zs").name == "张三"
        assert [unit.code for unit in tx.units.all()] == ["220000", "220100", "220182"]


def test_an_address_that_was_left_out_and_comes_back_is_good_again(sqlite_store):
    load(sqlite_store, *TABLE)
    load(sqlite_store, "220100,,,,,张三,联络员,,mail,zs@example.com")
    load(sqlite_store, *TABLE)
    assert people(sqlite_store)["张三"][2] == [("wecom_app", "zs", False), ("mail", "zs@example.com", False)]


def test_an_address_that_a_platform_refused_stays_bad_and_is_named(sqlite_store):
    load(sqlite_store, *TABLE)
    with sqlite_store.begin() as tx:
        tx.people.mark_bad("wecom_app", "zs", NOW, "60111")
    found = load(sqlite_store, *TABLE)
    assert found.nothing
    assert [(name, address.reason) for name, address in found.refused] == [("张三", "60111")]
    assert people(sqlite_store)["张三"][2][0] == ("wecom_app", "zs", True)


def test_a_name_is_corrected_where_the_account_is_known(sqlite_store):
    load(sqlite_store, *TABLE)
    load(sqlite_store, "220100,,,,,张叁,联络员,,wecom_app,zs")
    assert "张三" not in people(sqlite_store)
    assert people(sqlite_store)["张叁"][1] == [("长春市局", Role.PRIMARY)]


def test_an_account_that_somebody_else_keeps_is_refused(sqlite_store):
    load(sqlite_store, *TABLE)
    with pytest.raises(RosterError, match="张三"):
        load(sqlite_store, "220182,,,,,李四,联络员,,wecom_app,zs")
    moved = load(sqlite_store, "220182,,,,,李四,联络员,,wecom_app,zs", "220100,,,,,张三,联络员,,mail,zs@example.com")
    assert counts(moved)[1] == (0, 2, 0)


def test_whoever_is_not_named_stays_and_is_reported_unless_the_table_is_complete(sqlite_store):
    load(sqlite_store, *TABLE)
    successor = "220182,,,,,王五,联络员,,mail,ww@example.com"
    found = load(sqlite_store, successor)
    assert [(each.name, each.unit, each.role) for each in found.others] == [("李四", "榆树市局", Role.PRIMARY)]
    again = load(sqlite_store, successor, complete=True)
    assert [each.name for each in again.leaving] == ["李四"]
    with sqlite_store.read() as tx:
        yushu = tx.units.by_code("220182").id
        assert [person.name for person in tx.people.holders(yushu, Role.PRIMARY, date(2018, 9, 21))] == ["王五"]
    assert load(sqlite_store, successor, now=NOW + timedelta(days=1), complete=True).nothing


def test_two_people_who_turn_out_to_be_one_are_told_once(sqlite_store):
    load(sqlite_store, "1,甲局,甲,省,,张三,联络员,,mail,a@example.com", "2,乙局,乙,市州,1,张三,联络员,,mail,b@example.com")
    one = ("1,,,,,张三,联络员,,wecom_app,zs", "2,,,,,张三,联络员,,wecom_app,zs")
    load(sqlite_store, *one)
    with sqlite_store.read() as tx:
        held = [tx.people.holders(unit.id, Role.PRIMARY, date(2018, 9, 21)) for unit in tx.units.all()]
    assert len({person.id for holders in held for person in holders}) == 1
    assert load(sqlite_store, *one).nothing


def test_a_unit_can_be_put_below_another_one_and_keeps_its_people(store):
    load(store, *TABLE)
    load(store, "220200,吉林市局,吉林市,市州,220000,,,,,", "220182,,,,220200,,,,,")
    with store.read() as tx:
        units = {unit.code: unit for unit in tx.units.all()}
    assert len(units) == 4
    assert units["220182"].parent_id == units["220200"].id
    assert people(store)["李四"][1] == [("榆树市局", Role.PRIMARY)]


def test_new_units_follow_the_known_ones_and_a_table_of_all_sets_the_order(sqlite_store):
    load(sqlite_store, *TABLE)
    new = "220200,吉林市局,吉林市,市州,220000,,,,,"
    load(sqlite_store, new)
    with sqlite_store.read() as tx:
        assert [unit.code for unit in tx.units.all()] == ["220000", "220100", "220182", "220200"]
    everything = (TABLE[0], new, *TABLE[1:])
    load(sqlite_store, *everything)
    with sqlite_store.read() as tx:
        assert [unit.code for unit in tx.units.all()] == ["220000", "220200", "220100", "220182"]
    assert load(sqlite_store, *everything).nothing


def test_the_template_is_a_table_that_can_be_loaded(sqlite_store):
    assert counts(load(sqlite_store, raw=roster_file.template().encode())) == ((1, 0, 0), (2, 0, 0))


def test_a_long_list_of_problems_is_cut_in_words_and_whole_in_the_error(sqlite_store):
    with pytest.raises(RosterError) as error:
        load(sqlite_store, *["1,甲局,甲,省,,张三,联络员,1,mail,x"] * 150)
    assert len(error.value.problems) == 300
    assert "另有 200 处" in str(error.value)


def test_units_of_a_table_are_found_by_pinyin_and_initials(store):
    load(store, *TABLE)
    load(store, "220182,,榆树市,,,,,,,")
    with store.read() as tx:
        assert [unit.code for unit in tx.units.find("yss")] == ["220182"]
        assert [unit.code for unit in tx.units.find("changchun")] == ["220100"]
