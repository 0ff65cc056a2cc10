#include <uatrust/x509/distinguished_name.hpp>

#include <thread>

#include "support/catch.hpp"
#include "support/parsed.hpp"

#include "unit/x509/raw_der.hpp"

using namespace uatrust;
using namespace uatrust::test;

namespace {

DistinguishedName made(const std::vector<NameAttribute>& attributes) { return valueOf(DistinguishedName::make(attributes)); }

Bytes attribute(std::uint8_t type, std::uint8_t stringType, const Bytes& value) {
    return tlv(0x31, {sequence({{0x06, 0x03, 0x55, 0x04, type}, tlv(stringType, {value})})});
}

}  // namespace

TEST_CASE("A name shows its most specific attribute first, whichever way it is encoded") {
    CHECK(made({{"O", "Acme"}, {"CN", "plc-7"}}).text() == "CN=plc-7, O=Acme");
    CHECK(made({{"CN", "plc-7"}, {"O", "Acme"}, {"DC", "host"}}).text() == "CN=plc-7, O=Acme, DC=host");
    CHECK(made({{"C", "DE"}, {"ST", "Bayern"}, {"L", "Nuernberg"}, {"OU", "Line 4"}}).text() == "OU=Line 4, L=Nuernberg, ST=Bayern, C=DE");
    CHECK(made({{"CN", "only"}}).text() == "CN=only");
}

TEST_CASE("A name gives its first common name and organisation") {
    const auto name = made({{"CN", "plc-7"}, {"O", "Acme"}, {"CN", "second"}, {"O", "Other"}});
    CHECK(name.commonName() == "plc-7");
    CHECK(name.organization() == "Acme");
    const auto bare = made({{"DC", "host"}});
    CHECK(bare.commonName().empty());
    CHECK(bare.organization().empty());
}

TEST_CASE("Names keep letters of all languages") {
    const auto name = made({{"CN", "Förderband 7 – 搬送"}});
    CHECK(name.commonName() == "Förderband 7 – 搬送");
    CHECK(name.text() == "CN=Förderband 7 – 搬送");
}

TEST_CASE("A hostile value cannot fake another attribute or another line") {
    CHECK(made({{"CN", "a, O=Admin"}}).text() == "CN=a\\, O=Admin");
    CHECK(made({{"CN", "a\n2026-01-01 ERROR all is well"}}).text().find('\n') == std::string::npos);
    CHECK(made({{"CN", "a\nb"}}).commonName() == "a\\x0Ab");
    CHECK(made({{"CN", "\x1B[2J"}}).text() == "CN=\\x1B[2J");
    CHECK(made({{"CN", "plc\u202E7"}}).text() == "CN=plc\\u{202E}7");
    const auto withNul = valueOf(DistinguishedName::fromDer(rawName({'a', 0, 'b'})));
    CHECK(withNul.text() == "CN=a\\x00b");
    CHECK(withNul.commonName() == "a\\x00b");
}

TEST_CASE("A very long value is cut in texts, not in the name") {
    const Bytes value(10240, 'x');
    const auto name = valueOf(DistinguishedName::fromDer(rawName(value)));
    CHECK(name.text().size() == 1024 + 3);
    CHECK(name.text().ends_with("..."));
    CHECK(name.commonName().size() == 1024 + 3);
    CHECK(name.der().size() > 10240);
}

TEST_CASE("Names that differ in case, repeated spaces or string type only are equal and have equal hashes") {
    const auto a = made({{"CN", "Plant  CA"}, {"O", "Acme"}});
    const auto b = made({{"CN", "plant ca"}, {"O", " ACME "}});
    const auto printableString =
        valueOf(DistinguishedName::fromDer(sequence({attribute(3, 0x13, octets("Plant CA")), attribute(10, 0x13, octets("Acme"))})));
    CHECK(a == b);
    CHECK(a.hash() == b.hash());
    CHECK(a == printableString);
    CHECK(a.hash() == printableString.hash());
    CHECK_FALSE(equalBytes(a.der(), b.der()));
}

TEST_CASE("Names with another value, another order or one attribute more are different") {
    const auto a = made({{"CN", "Plant CA"}, {"O", "Acme"}});
    CHECK_FALSE(a == made({{"CN", "Plant CB"}, {"O", "Acme"}}));
    CHECK_FALSE(a == made({{"O", "Acme"}, {"CN", "Plant CA"}}));
    CHECK_FALSE(a == made({{"CN", "Plant CA"}, {"O", "Acme"}, {"OU", "1"}}));
    CHECK_FALSE(a == made({{"CN", "Plant CA"}, {"OU", "Acme"}}));
    CHECK(a.hash() != made({{"CN", "Plant CB"}, {"O", "Acme"}}).hash());
}

TEST_CASE("The empty name is a name") {
    const auto empty = valueOf(DistinguishedName::fromDer(Bytes{0x30, 0x00}));
    CHECK(empty.empty());
    CHECK(empty.text().empty());
    CHECK(empty == made({}));
    CHECK(empty.hash() == made({}).hash());
    CHECK_FALSE(made({{"CN", "a"}}).empty());
    CHECK_FALSE(empty == made({{"CN", "a"}}));
}

TEST_CASE("make() refuses what RFC 5280 has no room for") {
    const auto statusOf = [](const NameAttribute& attribute) { return DistinguishedName::make({attribute}).status(); };
    CHECK(statusOf({"CN", std::string(64, 'x')}) == StatusCode::Good);
    CHECK(statusOf({"CN", std::string(65, 'x')}) == StatusCode::BadInvalidArgument);
    CHECK(statusOf({"CN", ""}) == StatusCode::BadInvalidArgument);
    CHECK(statusOf({"C", "DE"}) == StatusCode::Good);
    CHECK(statusOf({"C", "Germany"}) == StatusCode::BadInvalidArgument);
    CHECK(statusOf({"CN", "\xC3\x28"}) == StatusCode::BadInvalidArgument);
    CHECK(statusOf({"XY", "value"}) == StatusCode::BadInvalidArgument);
    CHECK(statusOf({"", "value"}) == StatusCode::BadInvalidArgument);
    CHECK(statusOf({"2.5.4.5", "0815"}) == StatusCode::Good);
    CHECK(statusOf({"1.2.3.4.5", "own"}) == StatusCode::Good);
    CHECK(statusOf({"1..2", "value"}) == StatusCode::BadInvalidArgument);
    CHECK(DistinguishedName::make({{"XY", "value"}}).error().message.find("XY") != std::string::npos);
}

TEST_CASE("fromDer() reads back what make() wrote and refuses everything else") {
    const auto name = made({{"CN", "plc-7"}, {"O", "Acme"}});
    const auto again = valueOf(DistinguishedName::fromDer(name.der()));
    CHECK(again == name);
    CHECK(equalBytes(again.der(), name.der()));

    Bytes trailing(name.der().begin(), name.der().end());
    trailing.push_back(0);
    CHECK(DistinguishedName::fromDer(trailing).status() == StatusCode::BadCertificateInvalid);
    CHECK(DistinguishedName::fromDer(name.der().first(name.der().size() - 1)).status() == StatusCode::BadCertificateInvalid);
    CHECK(DistinguishedName::fromDer({}).status() == StatusCode::BadCertificateInvalid);
    CHECK(DistinguishedName::fromDer(Bytes{0x31, 0x00}).status() == StatusCode::BadCertificateInvalid);
    CHECK(DistinguishedName::fromDer(rawName({0xC3, 0x28})).status() == StatusCode::BadCertificateInvalid);
}

TEST_CASE("parse() reads the forms of Part 12 and of RFC 2253") {
    const auto expected = made({{"CN", "plc-7"}, {"O", "Acme"}, {"DC", "host"}});
    for (const char* text : {"CN=plc-7/O=Acme/DC=host", "CN=plc-7, O=Acme, DC=host", "CN=plc-7,O=Acme,DC=host", "/CN=plc-7/O=Acme/DC=host",
                             " cn = plc-7 / o = Acme / dc = host ", "CN=\"plc-7\", O=\"Acme\", DC=host"}) {
        INFO(text);
        CHECK(valueOf(DistinguishedName::parse(text)) == expected);
    }
}

TEST_CASE("parse() keeps separators that belong to a value") {
    CHECK(valueOf(DistinguishedName::parse("CN=plc/7, O=Acme, Inc., C=DE")) == made({{"CN", "plc/7"}, {"O", "Acme, Inc."}, {"C", "DE"}}));
    CHECK(valueOf(DistinguishedName::parse("CN=a/O=Acme A/S")) == made({{"CN", "a"}, {"O", "Acme A/S"}}));
    CHECK(valueOf(DistinguishedName::parse("CN=a\\, O=b")) == made({{"CN", "a, O=b"}}));
    CHECK(valueOf(DistinguishedName::parse("CN=\"a, O=b\", O=c")) == made({{"CN", "a, O=b"}, {"O", "c"}}));
    CHECK(valueOf(DistinguishedName::parse("CN=\"say \\\"hi\\\"\"")) == made({{"CN", "say \"hi\""}}));
    CHECK(valueOf(DistinguishedName::parse("CN=f\\C3\\B6rder")) == made({{"CN", "förder"}}));
    CHECK(valueOf(DistinguishedName::parse("CN=x=y")) == made({{"CN", "x=y"}}));
}

TEST_CASE("parse() knows the spellings of other products") {
    CHECK(valueOf(DistinguishedName::parse("CN=a, S=Bayern, E=a@b.example")) ==
          valueOf(DistinguishedName::make({{"CN", "a"}, {"ST", "Bayern"}, {"E", "a@b.example"}})));
    CHECK(valueOf(DistinguishedName::parse("2.5.4.3=a")) == made({{"CN", "a"}}));
}

TEST_CASE("parse() refuses what is no name") {
    for (const char* text : {"", " ", "plc-7", "=plc-7", "CN=", "CN=a, O=", "XY=1", "CN=\"a\" b", "CN=a/O"}) {
        INFO(text);
        const auto result = DistinguishedName::parse(text);
        const bool lastIsPartOfTheValue = std::string_view{text} == "CN=a/O";
        CHECK(result.ok() == lastIsPartOfTheValue);
    }
    CHECK(DistinguishedName::parse("CN=\\").status() == StatusCode::Good);
    CHECK(DistinguishedName::parse("CN=" + std::string(100000, '/')).status() == StatusCode::BadInvalidArgument);
}

TEST_CASE("A name may be asked for its texts by several threads at once", "[threads]") {
    const auto name = made({{"CN", "plc-7"}, {"O", "Acme"}});
    std::vector<std::string> texts(8);
    std::vector<std::size_t> hashes(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        threads.emplace_back([&, i] {
            texts[i] = name.text();
            hashes[i] = name.hash();
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(texts == std::vector<std::string>(8, "CN=plc-7, O=Acme"));
    CHECK(hashes == std::vector<std::size_t>(8, name.hash()));
}

TEST_CASE("printable() leaves ordinary text alone") {
    CHECK(printable("").empty());
    CHECK(printable("urn:plc-4:acme:gateway") == "urn:plc-4:acme:gateway");
    CHECK(printable("Größe 5 – 尺寸 🏭") == "Größe 5 – 尺寸 🏭");
    CHECK(printable("back\\slash \"quote\"") == "back\\slash \"quote\"");
}

TEST_CASE("printable() escapes what a terminal or a reader would act on") {
    CHECK(printable("a\r\nb\tc") == "a\\x0D\\x0Ab\\x09c");
    CHECK(printable(std::string_view{"a\0b", 3}) == "a\\x00b");
    CHECK(printable("\x7F") == "\\x7F");
    CHECK(printable("\u0085") == "\\u{0085}");
    CHECK(printable("\u202Agnp\u202C") == "\\u{202A}gnp\\u{202C}");
    CHECK(printable("\u2066x\u2069\u200F\u061C") == "\\u{2066}x\\u{2069}\\u{200F}\\u{061C}");
    CHECK(printable("a\u200Bb\uFEFF") == "a\\u{200B}b\\u{FEFF}");
    CHECK(printable("\u2028") == "\\u{2028}");
    CHECK(printable("\U000E0041") == "\\u{E0041}");
}

TEST_CASE("printable() escapes octets that are no UTF-8") {
    CHECK(printable("\xFF") == "\\xFF");
    CHECK(printable("a\xC3") == "a\\xC3");
    CHECK(printable("\xC0\xAF") == "\\xC0\\xAF");  // overlong '/'
    CHECK(printable("\xE0\x80\xAF") == "\\xE0\\x80\\xAF");
    CHECK(printable("\xED\xA0\x80") == "\\xED\\xA0\\x80");  // surrogate
    CHECK(printable("\xF4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80");
    CHECK(printable("\xE2\x82x") == "\\xE2\\x82x");
    CHECK(printable("\x80"
                    "a") ==
          "\\x80"
          "a");
}

TEST_CASE("printable() cuts at characters, never inside one") {
    CHECK(printable("abcd", 4) == "abcd");
    CHECK(printable("abcde", 4) == "abcd...");
    CHECK(printable("äöü", 2) == "äö...");
    CHECK(printable("ab\n", 4) == "ab...");
    CHECK(printable("abc", 0) == "...");
    CHECK(printable(std::string(100000, 'x')).size() == 259);
}
