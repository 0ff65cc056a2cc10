# uatrust_warnings(TARGET): strict warnings for one of our own targets. PRIVATE, so consumers never inherit them.
# Not errors under the sanitizers, whose instrumentation makes GCC see null pointers where there are none.
function(uatrust_warnings target)
    if(MSVC)
        target_compile_options(${target} PRIVATE /W4 /permissive- /utf-8)
        if(UATRUST_WARNINGS_AS_ERRORS)
            target_compile_options(${target} PRIVATE /WX)
        endif()
    else()
        target_compile_options(${target} PRIVATE
            -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
            -Woverloaded-virtual -Wcast-align -Wunused -Wnull-dereference -Wformat=2)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
            # GCC 12 sees overlaps and overruns in std::string that are not there (GCC bugs 105329 and 105651), and when it
            # optimises, null pointers and empty regions inside standard containers.
            target_compile_options(${target} PRIVATE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
                -Wno-null-dereference)
        endif()
        if(UATRUST_WARNINGS_AS_ERRORS AND NOT UATRUST_SANITIZE)
            target_compile_options(${target} PRIVATE -Werror)
        endif()
    endif()
endfunction()
