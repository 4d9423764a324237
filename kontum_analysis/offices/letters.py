"""Vietnamese as the fonts before Unicode wrote it: TCVN3 (.VnTime) and VNI, turned into Unicode letters.

A text in these letters looks like "Tæng sè hé" or "Toång soá hoä" wherever its font is missing; both are read by table.
"""

import unicodedata

_TCVN3 = {
    "¡¢£¤¥¦§": "ĂÂÊÔƠƯĐ",
    "¨©ª«¬\u00ad®": "ăâêôơưđ",
    "µ¶·¸¹": "àảãáạ",
    "»¼½¾Æ": "ằẳẵắặ",
    "ÇÈÉÊË": "ầẩẫấậ",
    "ÌÎÏÐÑ": "èẻẽéẹ",
    "ÒÓÔÕÖ": "ềểễếệ",
    "×ØÜÝÞ": "ìỉĩíị",
    "ßáâãä": "òỏõóọ",
    "åæçèé": "ồổỗốộ",
    "êëìíî": "ờởỡớợ",
    "ïñòóô": "ùủũúụ",
    "õö÷øù": "ừửữứự",
    "úûüýþ": "ỳỷỹýỵ",
}
_TCVN3_LETTERS = str.maketrans("".join(_TCVN3), "".join(_TCVN3.values()))
# after a base letter VNI writes one sign: a tone, or a circumflex (with a tone), or a breve (with a tone)
_TONES = {"": "", "`": "\u0300", "'": "\u0301", "?": "\u0309", "~": "\u0303", ".": "\u0323"}
_VNI_SIGNS = {
    **dict(zip("øùûõï", "`'?~.", strict=True)),
    **{sign: "^" + tone for sign, tone in zip("âàáåãä", ("", *"`'?~."), strict=True)},
    **{sign: "(" + tone for sign, tone in zip("êèéúüë", ("", *"`'?~."), strict=True)},
}
_VNI_LETTERS = str.maketrans("ñÑôÔöÖæóòîÆÓÒÎ", "đĐơƠưƯỉĩịỵỈĨỊỴ")
_SHAPES = {"^": "\u0302", "(": "\u0306"}


def from_tcvn3(text: str) -> str:
    """The Unicode letters of a text typed in a TCVN3 font.

    >>> from_tcvn3("Tæng sè hé nghÌo")
    'Tổng số hộ nghèo'
    """
    return text.translate(_TCVN3_LETTERS)


def from_vni(text: str) -> str:
    """The Unicode letters of a text typed in a VNI font.

    >>> from_vni("Toång soá hoä ngheøo"), from_vni("Huyeän Ñaék Toâ")
    ('Tổng số hộ nghèo', 'Huyện Đắk Tô')
    """
    letters: list[str] = []
    for letter in text:
        sign, base = _VNI_SIGNS.get(letter.lower()), letters[-1] if letters else ""
        if sign is None or base.lower() not in tuple("aeouyơư"):
            letters.append(letter.translate(_VNI_LETTERS))
            continue
        marks = "".join(_SHAPES.get(part) or _TONES[part] for part in sign)
        letters[-1] = unicodedata.normalize("NFC", base + marks)
    return "".join(letters)


OLD_LETTERS = {"TCVN3": from_tcvn3, "VNI": from_vni}
