#include "tool/text.hpp"

#include <algorithm>
#include <sstream>

#include "support/catch.hpp"

using namespace uatrust::tool;

namespace {

std::size_t widest(const std::string& text) {
    std::istringstream in{text};
    std::size_t most = 0;
    for (std::string line; std::getline(in, line);) most = std::max(most, columns(line));
    return most;
}

}  // namespace

TEST_CASE("Lines that fit stay as they are, with their blanks") {
    const std::string text = "a  b   c\n\n   d\n";
    CHECK(wrap(text, 20) == text);
    CHECK(wrap(text, 0) == text);
    CHECK(wrap("no end", 20) == "no end");
    CHECK(wrap("", 20) == "");
}

TEST_CASE("A long line is broken at blanks and carried over with an indent") {
    CHECK(wrap("one two three four five six seven eight nine ten", 30) == "one two three four five six\n  seven eight nine ten");
    CHECK(wrap("  one two three four five six seven eight nine", 30, 0) == "  one two three four five six\n  seven eight nine");
}

TEST_CASE("A word that is longer than a line stays whole, so that it can be copied") {
    const std::string path(60, 'x');
    const auto text = wrap("the file " + path + " is there", 30);
    CHECK(text.find(path) != std::string::npos);
    CHECK(text.find("the file\n") == 0);
}

TEST_CASE("In a table what is carried over stays in its column") {
    CHECK(wrap("  Name        one two three four five six", 41) == "  Name        one two three four five six");
    CHECK(wrap("  Name        one two three four five six seven", 40) == "  Name        one two three four five\n              six seven");
}

TEST_CASE("Characters of several octets count as one column") {
    CHECK(columns("\xC3\xA4\xC3\xB6") == 2);
    CHECK(wrap("\xC3\xA4\xC3\xB6\xC3\xBC \xC3\xA4\xC3\xB6\xC3\xBC", 7) == "\xC3\xA4\xC3\xB6\xC3\xBC \xC3\xA4\xC3\xB6\xC3\xBC");
}

TEST_CASE("Text stands besides its label, below it when the label is too long") {
    CHECK(besides("  key", "value", 10, 40) == "  key     value\n");
    CHECK(besides("  a long label", "value", 10, 40) == "  a long label\n          value\n");
    CHECK(besides("  key", "one two three four five six seven", 10, 32) == "  key     one two three four\n          five six seven\n");
    CHECK(besides("  key", "", 10, 40) == "  key\n");
    CHECK(widest(besides("  key", std::string(300, 'x') + " y", 10, 0)) > 300);
}

TEST_CASE("Digits come in groups of four, the last one as short as it is") {
    CHECK(inFours("b9c73294f") == std::vector<std::string>{"B9C7", "3294", "F"});
    CHECK(inFours("").empty());
}

TEST_CASE("What is to be copied to a command line is one argument there, and starts nothing") {
    CHECK(argument("pki/server-1_a.b") == "pki/server-1_a.b");
    CHECK(argument("line 4/ca") == "'line 4/ca'");
    CHECK(argument("$(reboot)") == "'$(reboot)'");
    CHECK(argument("anna's") == "'anna'\\''s'");
    CHECK(argument("").size() == 2);
    CHECK(argument("f\xC3\xBCnf") == "f\xC3\xBCnf");
}

TEST_CASE("One is one, and others are many") {
    CHECK(many(1, "error") == "1 error");
    CHECK(many(0, "error") == "0 errors");
    CHECK(upperCase("ab-9\xC3\xA4") == "AB-9\xC3\xA4");
}
