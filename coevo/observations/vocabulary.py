"""Words of tables in the languages that are read: the one place where a language is added.

Words of heads are compared as `names.compared` gives them, without spaces, points and hyphens.
"""

# What stands in a column, or after the colon of a line above the head. Of the columns of one kind
# those count whose words stand furthest down: of a province and its city, the city; of the code of
# a unit and its name, the name.
HEADS = (
    ("region", "地区 地区名称 地区名 区域 区域名称 region regionname area areaname territory"),
    ("region", "地區 地域 행정구역 행정구역별 지역 지역별 gebiet região región région regione"),
    ("region", "territorio"),
    ("region", "国家 国家名称 国家或地区 经济体 country countryname countryorarea economy nation"),
    ("region", "國家 국가 국가별 entity staat país pays paese"),
    ("region", "省份 省份名称 省 省市 省市区 省(区、市) 省(自治区、直辖市) 省域 所属省份"),
    ("region", "province provincename state statename state/ut states/uts stateordc"),
    ("region", "state/unionterritory"),
    ("region", "都道府県 都道府県名 시도 시도별 bundesland bundesländer unidadedafederação uf"),
    ("region", "estado entidad entidadfederativa descentidad nomgeo provincia libellégéographique"),
    ("region", "城市 城市名称 城市名 市 市名 地级市 地市 city cityname prefecture municipality"),
    ("region", "県 県名 縣市 縣市別 市町村 시군구 시군구별 stadt municipio município"),
    ("region", "commune comune"),
    ("region", "县 县名 区县 县市 县域 县(市、区) county countyname district"),
    ("region", "kreis landkreis kreise départment département libgeo"),
    ("region", "1variableattributelabel"),
    ("region", "geoname referencearea geopoliticalentity geo(labels) geographicarea geography"),
    ("code", "序号 编号 no sno slno srno id"),  # names a region if nothing else does
    ("code", "省代码 省份代码 provincecode statecode regioncode"),
    ("code", "国家代码 countrycode iso iso2 iso3 isocode iso2code iso3code location refarea"),
    ("code", "代码 地区代码 行政区划代码 行政区代码 区划代码 code geocode fips geofips itlcode"),
    ("code", "1variableattributecode"),
    ("code", "地域コード areacode cveentidad codgeo itter107 dguid schlüssel ags"),
    ("code", "城市代码 市代码 citycode 县代码 区县代码 countycode countyfips"),
    ("code", "geo nuts nutsid nutscode geo(codes)"),
    ("year", "年份 年度 年 时间 year time period date refdate observationdate"),
    ("year", "時間 時間軸 年次 調査年 연도 시점 년도 jahr jahre zeit ano año anno année annee"),
    ("year", "selezionaperiodo período periodo période stichtag"),
    ("year", "timeperiod"),
    ("aside", "観測値 注記 コード /地域"),  # no labels, nor figures
    ("quarter", "季度 quarter"),
    ("month", "月份 month"),
    ("indicator", "项目 item subject series variable subjectdescriptor"),
    ("indicator", "指標 項目 항목 항목별 merkmal variável tipoaggregato"),
    (
        "indicator",
        "指标 指标名称 indicator indicatorname seriesname variablename measure description",
    ),
    ("indicator", "valuevariablelabel"),
    ("indicator", "지표 indikator indicador indicateur indicatore"),
    ("multiplier", "unitmult"),
    ("multiplier", "unitmultiplier powercode scale scalarfactor"),
    ("unit", "unitmeasure valueunit"),
    ("unit", "单位 计量单位 指标单位 unit unitname unitofmeasure clunit uom"),
    ("unit", "單位 単位 단위 einheit unidade unidad unidadmedida unidaddemedida unité"),
    ("unit", "unitàdimisura"),
    ("value", "数值 指标值 数据 值 value figure"),
    ("value", "數值 値 データ 값 수치 wert valor valeur valore"),
    ("value", "observationvalue"),
    ("value", "obsvalue datavalue"),
)  # fmt: skip

# what an era of years is called -> the year before its first
ERAS = {"民國": 1911, "民国": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
# rows of a panel that describe its columns and are no figures of a region
STATISTICS = set(
    "均值 平均值 标准差 最大值 最小值 中位数 样本量 观测值 mean median std std.dev. minimum "
    "maximum observations".split()
)
# what names money that was taken for what was sold; compared without regard to capitals
SALES = (
    *"sales sold turnover revenue retail exports umsatz ventas vendas fatturato 销售 零售 出口 "
    "营业收入 业务收入 交易额 成交额 売上 매출".split(),
    "chiffre d'affaires",
    "chiffre d’affaires",
)
# encoding of texts without a mark -> characters that tables in it are full of: endings of names of
# places, years, units, totals
TYPICAL = {
    "gb18030": "省市县区州盟旗年度月地东西南北江山海湖河元万亿人口家个件户总计合全国指标项目单位",
    "cp949": "시도군구읍면별서울부산광역특자치경기남북년월원명개수총전국합계지단위항목인구업",
    "cp932": "都道府県市区町村年度月円万億千百人口戸件数総計合全国地域項目単位値業のン",
    "big5": "省市縣區鄉鎮年度月臺新北東西南元萬億人口家戶件數總計合全國地指標項目單位資料來源",
}
WESTERN = "cp1252"
