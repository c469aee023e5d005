# `make install`: programs in bin/, the inference runtime and the two helpers in lib/vitrine/, the starter model and the
# catalogue of others in share/vitrine/models/. The programs find the last two beside themselves, so the tree may be
# moved as a whole.
include(GNUInstallDirs)
install(TARGETS vitrine vitrine-fetch RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS vitrine-decode vitrine-cluster RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR}/vitrine)
install(DIRECTORY ${ORT}/lib/ DESTINATION ${CMAKE_INSTALL_LIBDIR}/vitrine USE_SOURCE_PERMISSIONS)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/models/starter ${CMAKE_SOURCE_DIR}/models/vocabulary
        DESTINATION ${CMAKE_INSTALL_DATADIR}/vitrine/models)
install(FILES ${CMAKE_SOURCE_DIR}/models/catalogue.json DESTINATION ${CMAKE_INSTALL_DATADIR}/vitrine/models)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/vitrine DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES LICENSE THIRD_PARTY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
