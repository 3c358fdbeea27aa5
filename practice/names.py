"""Invented names and texts. Region codes are real ones; the places they stand for here are not."""

PLACES: tuple[tuple[str, str, str], ...] = (
    ("370600", "青岚市", "qinglan"),
    ("370612", "望海区", "wanghai"),
    ("410400", "白鹤市", "baihe"),
    ("410482", "沙溪县", "shaxi"),
    ("510100", "锦川市", "jinchuan"),
    ("510131", "竹亭县", "zhuting"),
    ("440300", "榕湾市", "rongwan"),
    ("440500", "潮石市", "chaoshi"),
    ("320500", "澄江市", "chengjiang"),
    ("320582", "苇渡县", "weidu"),
    ("610100", "雁岭市", "yanling"),
    ("610124", "槐原县", "huaiyuan"),
    ("150100", "赤勒市", "chile"),
    ("230100", "霜河市", "shuanghe"),
    ("330100", "茶洲市", "chazhou"),
    ("330127", "梅坞县", "meiwu"),
    ("530100", "云台市", "yuntai"),
    ("530124", "古苗县", "gumiao"),
    ("650100", "玉泉市", "yuquan"),
    ("360100", "鹭湖市", "luhu"),
)
PROVINCES: tuple[tuple[str, str, str], ...] = (
    ("370000", "岱东省", "daidong"),
    ("410000", "豫中省", "yuzhong"),
    ("510000", "蜀西省", "shuxi"),
    ("440000", "粤海省", "yuehai"),
    ("320000", "吴淮省", "wuhuai"),
    ("610000", "秦北省", "qinbei"),
    ("330000", "越溪省", "yuexi"),
    ("530000", "滇澜省", "dianlan"),
)
BUREAUS = (
    ("教育局", "jyj"),
    ("水利局", "slj"),
    ("民政局", "mzj"),
    ("财政局", "czj"),
    ("审计局", "sjj"),
    ("林业局", "lyj"),
    ("统计局", "tjj"),
    ("体育局", "tyj"),
    ("气象局", "qxj"),
    ("档案局", "daj"),
    ("交通运输局", "jtj"),
    ("农业农村局", "nyj"),
)
MINISTRIES = (("全国沙棘协作办公室", "shaji"), ("国家竹材标准局", "zhucai"), ("全国河湖观测中心", "hehu"))
TOPICS = (
    *("春耕备播", "河道清淤", "校园安全", "森林防火", "老旧小区改造", "农村公路养护", "政务服务", "社区养老"),
    *("垃圾分类", "冬季供暖", "招商推介", "科普宣传", "人居环境整治", "困难群众帮扶", "职业技能培训", "食品抽检"),
)
TITLES = {
    "news": (
        "{place}召开{topic}工作推进会第{n}次会议",
        "{place}扎实开展{topic}专项行动（第{n}期）",
        "{place}干部下沉一线调研{topic}第{n}站",
    ),
    "notice": (
        "关于做好{topic}有关事项的通知（第{n}号）",
        "{place}{topic}项目公示第{n}批",
        "{place}关于{topic}的公告（第{n}号）",
    ),
    "policy": (
        "{place}{topic}管理办法第{n}次修订",
        "{place}人民政府关于加强{topic}的实施意见之{n}",
        "{topic}补助资金使用规定（第{n}版）",
    ),
    "personnel": ("{place}关于第{n}批同志职务任免的决定", "{place}第{n}批拟任职人员情况说明"),
    "survey": ("关于{topic}工作的问卷调查（第{n}期）", "{place}{topic}方案公开征求意见之{n}"),
    "interview": ("在线访谈第{n}期：{place}谈{topic}", "{topic}专题访谈第{n}期"),
    "plan": ("{place}{topic}发展规划第{n}篇", "{place}{topic}年度工作计划之{n}"),
    "": ("{topic}专题材料第{n}篇", "{place}{topic}工作情况说明之{n}", "{topic}办理结果第{n}件"),
}
INTERPRETATIONS = ("《{document}》解读", "一图读懂《{document}》")
COLUMNS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("工作动态", "部门动态", "政务动态"), "news", "gzdt"),
    (("本地要闻", "今日要闻", "政务要闻"), "news", "yw"),
    (("图片新闻", "新闻快讯"), "news", "tpxw"),
    (("基层动态", "区县动态", "乡镇动态"), "news", "jcdt"),
    (("通知公告", "通知通告"), "notice", "tzgg"),
    (("公示公告", "公示信息"), "notice", "gsgg"),
    (("政策文件", "本级文件", "规范性文件"), "policy", "zcwj"),
    (("法律法规", "法律法规规章"), "policy", "zcfg"),
    (("人事信息", "人事工作"), "personnel", "rsxx"),
    (("人事任免", "任免信息"), "personnel", "rsrm"),
    (("规划计划", "发展规划"), "plan", "ghjh"),
    (("五年规划", "工作计划"), "plan", "wngh"),
    (("政策解读", "图解政策"), "interpretation", "zcjd"),
    (("专题专栏", "专题聚焦"), "", "ztzl"),
    (("建议提案", "提案办理"), "", "jyta"),
    (("财政信息", "财政资金"), "", "czxx"),
    (("统计数据", "数据发布"), "", "tjsj"),
    (("调查征集", "民意征集"), "survey", "dczj"),
    (("在线访谈", "访谈直播"), "interview", "zxft"),
)
TEXT_COLUMNS = (("领导信息", "ldxx"), ("机构职能", "jgzn"), ("本地概况", "bdgk"))
ICP_LETTERS = {
    **{"37": "鲁", "41": "豫", "51": "川", "44": "粤", "32": "苏", "61": "陕", "15": "蒙", "23": "黑"},
    **{"33": "浙", "53": "滇", "65": "新", "36": "赣", "00": "京"},
}
