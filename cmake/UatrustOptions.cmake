# Every option of the project in one place.

option(BUILD_SHARED_LIBS "Build uatrust as a shared library" OFF)
option(UATRUST_BUILD_TESTS "Build the tests (needs Catch2)" ${PROJECT_IS_TOP_LEVEL})
option(UATRUST_BUILD_TOOL "Build the program uatrust (needs CLI11 and nlohmann_json)" ${PROJECT_IS_TOP_LEVEL})
option(UATRUST_REQUIRE_TOOL "Fail instead of leaving the program uatrust out when CLI11 or nlohmann_json is missing" OFF)
option(UATRUST_BUILD_EXAMPLES "Build the examples; gateway and client need open62541" ${PROJECT_IS_TOP_LEVEL})
option(UATRUST_BUILD_BENCHMARKS "Build the benchmark (needs Google Benchmark, and UATRUST_BUILD_TESTS)" OFF)
option(UATRUST_INSTALL "Generate the install rules" ${PROJECT_IS_TOP_LEVEL})
option(UATRUST_WARNINGS_AS_ERRORS "Treat warnings in uatrust's own code as errors" ${PROJECT_IS_TOP_LEVEL})
set(UATRUST_SANITIZE "" CACHE STRING "Sanitizers for all targets of this build: address;undefined or thread")

if(UATRUST_BUILD_BENCHMARKS AND NOT UATRUST_BUILD_TESTS)
    message(FATAL_ERROR "UATRUST_BUILD_BENCHMARKS needs UATRUST_BUILD_TESTS: the benchmark forges its certificates as the tests do")
endif()

option(UATRUST_FUZZERS "Build the fuzz targets as libFuzzer programs with AddressSanitizer and UndefinedBehaviorSanitizer (Clang)" OFF)

if(UATRUST_FUZZERS)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "UATRUST_FUZZERS needs Clang, which brings libFuzzer: -DCMAKE_CXX_COMPILER=clang++")
    endif()
    if(UATRUST_SANITIZE)
        message(FATAL_ERROR "UATRUST_FUZZERS has its own sanitizers: leave UATRUST_SANITIZE empty")
    endif()
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer,address,undefined)
    check_cxx_source_compiles("extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }" UATRUST_HAS_LIBFUZZER)
    unset(CMAKE_REQUIRED_FLAGS)
    if(NOT UATRUST_HAS_LIBFUZZER)
        message(FATAL_ERROR "This Clang comes without libFuzzer and the sanitizers: install compiler-rt (Debian: libclang-rt-dev)")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

if(UATRUST_SANITIZE)
    list(JOIN UATRUST_SANITIZE "," sanitizers)
    add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${sanitizers})
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

# The rooms of the library in their one direction (cmake/check-rooms.cmake holds it): each has include/uatrust/<room>,
# src/<room> and tests/unit/<room>. The room tool, the program, comes last and is no part of the library.
set(UATRUST_ROOMS core crypto x509 store validation identity session)

# uatrust_compile_quickly(TARGET): for the program and the tests. With optimisation and sanitizers a file full of templates takes GCC more
# than twice as long, which nobody gets back when it runs: what is slow there is the library, and OpenSSL, which no sanitizer looks into.
function(uatrust_compile_quickly target)
    if(UATRUST_SANITIZE AND NOT MSVC)
        target_compile_options(${target} PRIVATE -O0)
    endif()
endfunction()
