# Install rules and the package that find_package(uatrust CONFIG) finds.

include(CMakePackageConfigHelpers)

set(UATRUST_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/uatrust" CACHE STRING "Where the CMake package goes")

install(TARGETS uatrust EXPORT uatrustTargets
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT uatrust_runtime
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT uatrust_runtime NAMELINK_COMPONENT uatrust_devel
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT uatrust_devel
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" "${PROJECT_BINARY_DIR}/include/"
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT uatrust_devel
    FILES_MATCHING PATTERN "*.hpp")

install(EXPORT uatrustTargets NAMESPACE uatrust:: DESTINATION ${UATRUST_CMAKE_DIR} COMPONENT uatrust_devel)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/uatrustConfig.cmake.in" "${PROJECT_BINARY_DIR}/uatrustConfig.cmake"
    INSTALL_DESTINATION ${UATRUST_CMAKE_DIR})
write_basic_package_version_file("${PROJECT_BINARY_DIR}/uatrustConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/uatrustConfig.cmake" "${PROJECT_BINARY_DIR}/uatrustConfigVersion.cmake"
    DESTINATION ${UATRUST_CMAKE_DIR} COMPONENT uatrust_devel)

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT uatrust_devel)
