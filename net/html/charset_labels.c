/* The labels of the Encoding standard, section 4.2. */
#include "net/html/charset.h"
#include "net/html/link_table.h"
#include <string.h>

/* What iconv has under another name is under that; a superset is taken where the standard does. */
static const struct {
    const char *name;
    const char *labels;
} charsets[] = {
    {"UTF-8", "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8"},
    {"windows-1252",
     "windows-1252 iso-8859-1 latin1 ascii us-ascii ansi_x3.4-1968 cp1252 cp819 csisolatin1 "
     "ibm819 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 x-cp1252 x-user-defined"},
    {"CP932", "shift_jis shift-jis sjis x-sjis windows-31j ms932 ms_kanji csshiftjis"},
    {"EUC-JP", "euc-jp x-euc-jp cseucpkdfmtjapanese"},
    {"GB18030",
     "gbk gb2312 gb18030 x-gbk gb_2312 gb_2312-80 chinese csgb2312 csiso58gb231280 iso-ir-58"},
    {"BIG5-HKSCS", "big5 big5-hkscs cn-big5 csbig5 x-x-big5"},
    {"CP949",
     "euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
     "ksc_5601 windows-949"},
    {"windows-1251", "windows-1251 cp1251 x-cp1251"},
    {"KOI8-R", "koi8-r koi koi8 koi8_r cskoi8r"},
    {"KOI8-U", "koi8-u koi8-ru"},
    {"windows-1250", "windows-1250 cp1250 x-cp1250"},
    {"windows-1253", "windows-1253 cp1253 x-cp1253"},
    {"windows-1254",
     "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 "
     "latin5 csisolatin5 iso-ir-148"},
    {"windows-1255", "windows-1255 cp1255 x-cp1255"},
    {"windows-1256", "windows-1256 cp1256 x-cp1256"},
    {"windows-1257", "windows-1257 cp1257 x-cp1257"},
    {"windows-1258", "windows-1258 cp1258 x-cp1258"},
    {"CP874", "windows-874 dos-874 tis-620 iso-8859-11 iso8859-11 iso885911"},
    {"ISO-8859-2",
     "iso-8859-2 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2 csisolatin2 iso-ir-101"},
    {"ISO-8859-3",
     "iso-8859-3 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3 csisolatin3 iso-ir-109"},
    {"ISO-8859-4",
     "iso-8859-4 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4 csisolatin4 iso-ir-110"},
    {"ISO-8859-5",
     "iso-8859-5 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 cyrillic csisolatincyrillic "
     "iso-ir-144"},
    {"ISO-8859-6",
     "iso-8859-6 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 arabic csisolatinarabic asmo-708 "
     "ecma-114 iso-ir-127 iso-8859-6-e iso-8859-6-i csiso88596e csiso88596i"},
    {"ISO-8859-7",
     "iso-8859-7 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 greek greek8 csisolatingreek "
     "ecma-118 elot_928 iso-ir-126 sun_eu_greek"},
    {"ISO-8859-8",
     "iso-8859-8 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 hebrew visual csisolatinhebrew "
     "iso-ir-138 iso-8859-8-e csiso88598e iso-8859-8-i logical csiso88598i"},
    {"ISO-8859-10", "iso-8859-10 iso8859-10 iso885910 l6 latin6 csisolatin6 iso-ir-157"},
    {"ISO-8859-13", "iso-8859-13 iso8859-13 iso885913"},
    {"ISO-8859-14", "iso-8859-14 iso8859-14 iso885914"},
    {"ISO-8859-15", "iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 csisolatin9"},
    {"ISO-8859-16", "iso-8859-16"},
    {"CP866", "ibm866 866 cp866 csibm866"},
    {"MACINTOSH", "macintosh mac x-mac-roman csmacintosh"},
    {"MAC-CYRILLIC", "x-mac-cyrillic x-mac-ukrainian"},
    {"UTF-16LE", "utf-16 utf-16le unicode ucs-2 csunicode iso-10646-ucs-2 unicodefeff"},
    {"UTF-16BE", "utf-16be unicodefffe"},
    {"ISO-2022-JP", "iso-2022-jp csiso2022jp"},
    {"ISO-2022-KR", "iso-2022-kr csiso2022kr"},
    {"ISO-2022-CN-EXT", "iso-2022-cn iso-2022-cn-ext"},
};

const char *html_charset_of_label(const char *label, size_t length)
{
    char word[40];
    while (length && html_is_blank(*label)) {
        label++;
        length--;
    }
    while (length && html_is_blank(label[length - 1]))
        length--;
    if (length == 0 || length >= sizeof word)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (html_is_blank(label[i]) || label[i] == '\0')
            return NULL;
        word[i] = label[i];
    }
    word[length] = '\0';
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++)
        if (html_has_word(charsets[i].labels, strlen(charsets[i].labels), word))
            return charsets[i].name;
    return NULL;
}

const char *html_charset_label(const char *name, size_t *length)
{
    const char *label = name;
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++)
        if (strcmp(charsets[i].name, name) == 0)
            label = charsets[i].labels; /* the first is the standard's own name */
    *length = strcspn(label, " ");
    return label;
}
