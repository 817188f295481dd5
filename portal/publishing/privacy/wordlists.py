"""Words by which a name of a person is told from a place's, and a home from a public place."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(
        phrase.strip() for line in listed.strip().splitlines() for phrase in line.split("|")
    )


# The family names of nearly all Vietnamese (Lê Trung Hoa, Họ và tên người Việt Nam, 2005).
SURNAMES = _words("""
    nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đoàn vương trịnh
    trương đinh lâm phùng mai tô hà tạ châu cao thái lương lưu quách triệu đàm tăng kiều nghiêm
    thạch doãn khổng la lò lại từ ông tôn văn thân giang chu ninh bạch cù đồng hứa lục mạc nông
    quan sầm tiêu tống trà ung viên vi âu bành cung diệp đồ đường giáp hầu khúc khuất kim lều
    lữ mạch nhâm nhan quản sử thi thiều tào ứng
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dao doan vuong trinh
    truong dinh lam phung mai to ha ta chau cao thai luong luu quach trieu dam tang kieu nghiem
    """)
MIDDLE_NAMES = _words("văn van thị thi đức duc hữu huu ngọc ngoc xuân xuan minh")

# What a title and a capital make without being a person: streets, markets, hills, countries.
PLACES = _phrases(
    """
    bà rịa|bà triệu|bà trưng|bà chiểu|bà điểm|bà đen|bà nà|bà hom|bà quẹo|bà đế|bà chúa|bà huyện
    bà thiên|bà hạt|bà lai|bà ký|bà hoa|bà đá|bà đanh|bà nghè|ông lãnh|ông tạ|ông ích|ông đình
    ông bích|ông nhiêu|ông địa|ông cộ|ông dầu|ông táo|anh sơn|anh quốc|anh đào|anh dũng|cô tô
    cô ngân|bà gia|cô giang|cô bắc|bác ái|bác hồ|chú ía|em bé|mẹ việt
    mẹ âu|bố trạch|bố hạ|mẹ nhu|mẹ suốt
    """
)
# Provinces, cities and countries, which may follow a title as where somebody is from.
REGIONS = _phrases(
    """
    an giang|bà rịa|bạc liêu|bắc giang|bắc kạn|bắc ninh|bến tre|bình dương|bình định|bình phước
    bình thuận|cà mau|cao bằng|cần thơ|đà nẵng|đắk lắk|đắk nông|điện biên|đồng nai|đồng tháp
    gia lai|hà giang|hà nam|hà nội|hà tĩnh|hà tây|hải dương|hải phòng|hậu giang|hòa bình|hồ chí
    hưng yên|khánh hòa|kiên giang|kon tum|lai châu|lạng sơn|lào cai|lâm đồng|long an|nam định
    nghệ an|ninh bình|ninh thuận|phú thọ|phú yên|quảng bình|quảng nam|quảng ngãi|quảng ninh
    quảng trị|sóc trăng|sơn la|tây ninh|thái bình|thái nguyên|thanh hóa|thừa thiên|tiền giang
    trà vinh|tuyên quang|vĩnh long|vĩnh phúc|yên bái|sài gòn|đông anh|châu á|châu âu|châu phi
    việt nam|thái lan|trung quốc|hàn quốc|nhật bản|đài loan|ấn độ|nam phi|vũ hán|tô hiệu|kim thành
    kiến thụy|châu đốc|cao lãnh|đồng xoài|đồng hới
    """
)
# Words with a capital that follow a title and are no given name.
NO_NAMES = _words("""
    covid sars cov hội bộ sở ubnd hđnd cty bệnh viện trường phòng ban trạm tp tỉnh huyện quận xã
    phường thị thôn khu tổ đội đảng nhà campuchia lào singapore f0 f1 f2 f3 f4 âm nặng nhẹ nghi
    người zalo bn qr số theo nếu những
    """)
# Where a name ends in a text that is all capitals.
AFTER_NAMES = _words(
    "và đã đang đi đến ở tại là có bị được từ về khi sinh trú ngụ cùng với số tuổi nam nữ"
)

OFFICES = (
    r"(?:giám đốc (?:sở|cdc|hcdc|trung tâm|bệnh viện|công an)|chủ tịch|bí thư|bộ trưởng|"
    r"thứ trưởng|thủ tướng|chánh văn phòng|người phát ngôn|trưởng ban|trưởng đoàn|cục trưởng|"
    r"vụ trưởng|đại biểu)"
)
VENUES = (
    r"(?:khách sạn|nhà hàng|quán|cửa hàng|cửa hiệu|siêu thị|chợ|công ty|cty|nhà máy|xưởng|"
    r"trường(?! hợp)|bệnh viện|phòng khám|nhà thuốc|tiệm|spa|salon|karaoke|bar|ngân hàng|"
    r"chùa|đền|(?<!gia )đình|miếu|nhà thờ|văn phòng|trung tâm|trạm|bưu điện|cơ sở|shop|"
    r"cà phê|cafe|nhà nghỉ|homestay|kho|bến|nhà trọ|khu trọ|điểm (?:tiêm|bán|lấy|giao|đến)|"
    r"ubnd|đại lý|gara|garage|cây xăng|nhà xe|phở|bún|cơm|bánh|chốt|khu công nghiệp|"
    r"nhà văn hóa|nhà văn hoá|nhà sách|hội trường|tạp hóa|tạp hoá|massage|hotel|nhóm trẻ|"
    r"mầm non|ốc|lẩu|trà sữa|bia|tòa nhà|toà nhà|thẩm mỹ|quầy|ga|cung văn hóa)"
)
STREETS = (
    r"(?:đường|phố|cầu|ngã tư|ngã ba|núi|quận|phường|xã|huyện|thị trấn|đảo|hồ|sông|rạch|kênh|"
    r"ấp|thôn|tiếng|nước|vương quốc|người|khu|tp|thành phố|tượng đài|tàu)"
)
