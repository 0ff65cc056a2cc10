# Writes files into a C++ source, each as octets with its name, content type and digest, for
# src/tool/web/assets.hpp. cmake -DFILES=<a;b> -DOUTPUT=<source> -P embed-files.cmake
cmake_minimum_required(VERSION 3.25)

set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")
set(type_png "image/png")

set(arrays "")
set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
    cmake_path(GET file FILENAME name)
    cmake_path(GET file EXTENSION LAST_ONLY extension)
    string(SUBSTRING "${extension}" 1 -1 extension)
    if(NOT DEFINED type_${extension})
        message(FATAL_ERROR "${name}: what content type .${extension} has is not known here, add it above")
    endif()
    file(READ "${file}" octets HEX)
    file(SHA256 "${file}" digest)
    string(LENGTH "${octets}" size)
    math(EXPR size "${size} / 2")
    string(REGEX REPLACE "(................................................................)" "\\1\n    " octets "${octets}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," octets "${octets}")
    # An array of no element is none.
    string(APPEND arrays "const unsigned char kFile${count}[] = {\n    ${octets}0};\n")
    string(APPEND rows "    {\"${name}\", \"${type_${extension}}\", \"\\\"${digest}\\\"\", text(kFile${count}, ${size})},\n")
    math(EXPR count "${count} + 1")
endforeach()

file(WRITE "${OUTPUT}.tmp" "// Made of the files of src/tool/web/page by cmake/embed-files.cmake.
#include \"tool/web/assets.hpp\"

namespace uatrust::tool::web {
namespace {

std::string_view text(const unsigned char* octets, std::size_t size) { return {reinterpret_cast<const char*>(octets), size}; }

${arrays}
const Asset kAssets[] = {
${rows}};

}  // namespace

std::span<const Asset> assets() noexcept { return kAssets; }

}  // namespace uatrust::tool::web
")
file(RENAME "${OUTPUT}.tmp" "${OUTPUT}")
