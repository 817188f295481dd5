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
    cô giang|cô bắc|bác ái|bác hồ|chú ía|em bé|mẹ việt|mẹ âu|bố trạch|bố hạ|mẹ nhu|mẹ suốt
    """
)
# Provinces and countries that begin like a family name.
REGIONS = _phrases(
    """
    hà nội|hà nam|hà tĩnh|hà giang|hà tây|hồ chí|thái bình|thái nguyên|thái lan|lâm đồng
    cao bằng|đồng nai|đồng tháp|la gi|trà vinh|ninh bình|ninh thuận|kim thành|cao lãnh|đồng xoài
    đồng hới|lai châu|châu á|châu âu|châu phi|châu đốc|lương sơn|tô hiệu|vũ hán|kiên giang|đông anh
    """
)
# Words with a capital that follow a title and are no given name.
NO_NAMES = _words("""
    covid sars cov việt hải quảng bắc nam bình hội bộ sở ubnd hđnd công cty bệnh viện trường khoa
    phòng ban chi trung trạm thành tp tỉnh huyện quận xã phường thị thôn khu tổ đội đảng đoàn nhà
    kiến đà cần sài mỹ nhật hàn ấn trung campuchia lào đài singapore f0 f1 f2 f3 f4 âm dương
    nặng nhẹ nghi hai ba tư năm sáu bảy tám chín mười một người quốc zalo bn qr số theo nếu những
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
