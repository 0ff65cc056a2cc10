# Installs uatrust to a stage as a user would, builds the consumer project against it with find_package, and runs it.
# With TOOL the program uatrust has to be there, with its manual page and completions, and to run from the stage.
# With OPEN62541 (the folder of its CMake package) the shared one also has the examples built against it.
# cmake -DSOURCE=<project> -DWORK=<folder> -DSHARED=ON|OFF -DGENERATOR=<name> [-DTOOL=ON] [-DOPEN62541=<folder>] -P package_test.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        list(JOIN ARGN " " command)
        message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

# The stage and the consumer start empty; only the compiled library is kept between runs, to save minutes.
file(REMOVE_RECURSE "${WORK}/stage" "${WORK}/consumer" "${WORK}/examples" "${WORK}/run")
file(MAKE_DIRECTORY "${WORK}/run")

run(${CMAKE_COMMAND} -S "${SOURCE}" -B "${WORK}/library" -G "${GENERATOR}" -DCMAKE_BUILD_TYPE=Debug -DBUILD_SHARED_LIBS=${SHARED}
    -DUATRUST_BUILD_TESTS=OFF -DUATRUST_BUILD_EXAMPLES=OFF "-DUATRUST_BUILD_TOOL=${TOOL}" "-DUATRUST_REQUIRE_TOOL=${TOOL}" "-DCMAKE_INSTALL_PREFIX=${WORK}/stage")
run(${CMAKE_COMMAND} --build "${WORK}/library" --parallel 2)
run(${CMAKE_COMMAND} --install "${WORK}/library")

run(${CMAKE_COMMAND} -S "${SOURCE}/tests/consumer" -B "${WORK}/consumer" -G "${GENERATOR}" -DCMAKE_BUILD_TYPE=Debug
    "-DCMAKE_PREFIX_PATH=${WORK}/stage")
run(${CMAKE_COMMAND} --build "${WORK}/consumer" --parallel 2)
run("${WORK}/consumer/consumer" "${WORK}/run")
message(STATUS "the consumer said:\n${output}")

# A header that only compiles inside our tree would be found here: the stage is all the consumer has seen.
file(GLOB_RECURSE installed RELATIVE "${WORK}/stage/include" "${WORK}/stage/include/*.hpp")
foreach(required uatrust/uatrust.hpp uatrust/export.hpp uatrust/open62541.hpp uatrust/interop/openssl.hpp)
    if(NOT required IN_LIST installed)
        message(FATAL_ERROR "${required} was not installed")
    endif()
endforeach()

if(TOOL)
    run("${WORK}/stage/bin/uatrust" --version)
    if(NOT output MATCHES "^uatrust [0-9]+\\.[0-9]+\\.[0-9]+\n$")
        message(FATAL_ERROR "the installed program does not say its version:\n${output}")
    endif()
    file(WRITE "${WORK}/run/junk" "no certificate")
    file(MAKE_DIRECTORY "${WORK}/run/pki/trusted/certs")
    execute_process(COMMAND "${WORK}/stage/bin/uatrust" verify --json --pki "${WORK}/run/pki" "${WORK}/run/junk"
        RESULT_VARIABLE result OUTPUT_VARIABLE output)
    if(NOT result EQUAL 1 OR NOT output MATCHES "\"status\": \"BadCertificateInvalid\"")
        message(FATAL_ERROR "the installed program ended with ${result}:\n${output}")
    endif()
    if(UNIX)
        foreach(required man/man1/uatrust.1 bash-completion/completions/uatrust zsh/site-functions/_uatrust
                fish/vendor_completions.d/uatrust.fish)
            if(NOT EXISTS "${WORK}/stage/share/${required}")
                message(FATAL_ERROR "share/${required} was not installed")
            endif()
        endforeach()
    endif()
endif()

if(SHARED AND OPEN62541)
    run(${CMAKE_COMMAND} -S "${SOURCE}/examples" -B "${WORK}/examples" -G "${GENERATOR}" -DCMAKE_BUILD_TYPE=Debug
        "-DCMAKE_PREFIX_PATH=${WORK}/stage" "-Dopen62541_DIR=${OPEN62541}" -DUATRUST_REQUIRE_OPEN62541=ON)
    run(${CMAKE_COMMAND} --build "${WORK}/examples" --parallel 2)
    run("${WORK}/examples/uatrust-handshake")
    run("${WORK}/examples/uatrust-gateway" --help)
    run("${WORK}/examples/uatrust-client" --help)
endif()
