# dist/mqinstall: the installer with the programs that it installs packed behind it.
set(payload_root ${CMAKE_BINARY_DIR}/payload)
set(payload_programs mqinstall)
foreach(program mqbroker mqpasswd mqpub mqsub mqrr mqctl mqbench)
  if(TARGET ${program})
    list(APPEND payload_programs ${program})
  endif()
endforeach()
set(payload_links
  mqbroker=mosquitto mqpasswd=mosquitto_passwd mqpub=mosquitto_pub mqsub=mosquitto_sub
  mqrr=mosquitto_rr mqctl=mosquitto_ctrl)

set(payload_commands)
foreach(program IN LISTS payload_programs)
  list(APPEND payload_commands
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:${program}> ${payload_root}/bin/${program})
endforeach()
foreach(pair IN LISTS payload_links)
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 program)
  list(GET pair 1 link)
  if(${program} IN_LIST payload_programs)
    list(APPEND payload_commands
      COMMAND ${CMAKE_COMMAND} -E create_symlink ${program} ${payload_root}/bin/${link})
  endif()
endforeach()

# The C library, under both names, with what others need to build against it.
set(payload_library)
if(TARGET mqhome)
  set(lib ${payload_root}/lib)
  list(APPEND payload_library mqhome mqhome_static mosquittopp)
  list(APPEND payload_commands
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:mqhome> ${lib}/libmqhome.so.1
    COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:mosquittopp> ${lib}/libmosquittopp.so.1
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_BINARY_DIR}/lib/libmqhome.a ${lib}/libmqhome.a
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${CMAKE_BINARY_DIR}/lib/pkgconfig ${lib}/pkgconfig
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${CMAKE_BINARY_DIR}/lib/cmake ${lib}/cmake
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${CMAKE_SOURCE_DIR}/client/include ${payload_root}/include
    COMMAND ${CMAKE_COMMAND} -E create_symlink libmosquittopp.so.1 ${lib}/libmosquittopp.so)
  foreach(link libmqhome.so libmosquitto.so libmosquitto.so.1)
    list(APPEND payload_commands
      COMMAND ${CMAKE_COMMAND} -E create_symlink libmqhome.so.1 ${lib}/${link})
  endforeach()
endif()

set(payload_texts ${CMAKE_SOURCE_DIR}/LICENSE)
foreach(text README.md CHANGELOG.md)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${text})
    list(APPEND payload_texts ${CMAKE_SOURCE_DIR}/${text})
  endif()
endforeach()
# `man` looks beside bin/
set(payload_manuals ${CMAKE_SOURCE_DIR}/docs/man/mosquitto.conf.5)
set(payload_client_manuals ${CMAKE_SOURCE_DIR}/docs/man/mqpasswd.1)
set(payload_completions)
set(payload_completion_files)
foreach(program mqpub mqsub mqrr mqctl mqbench)
  if(TARGET ${program})
    list(APPEND payload_client_manuals ${CMAKE_SOURCE_DIR}/docs/man/${program}.1)
    foreach(pair bash/${program}=bash-completion/completions zsh/_${program}=zsh/site-functions
                 fish/${program}.fish=fish/vendor_completions.d)
      string(REPLACE "=" ";" pair ${pair})
      list(GET pair 0 file)
      list(GET pair 1 folder)
      list(APPEND payload_completion_files ${CMAKE_SOURCE_DIR}/docs/completions/${file})
      list(APPEND payload_completions
        COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/docs/completions/${file}
                ${payload_root}/share/${folder}/)
    endforeach()
  endif()
endforeach()
set(payload_library_manuals ${CMAKE_SOURCE_DIR}/docs/man/libmosquitto.3)

add_custom_command(
  OUTPUT ${CMAKE_SOURCE_DIR}/dist/mqinstall
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${payload_root}
  COMMAND ${CMAKE_COMMAND} -E make_directory
          ${payload_root}/bin ${payload_root}/lib ${payload_root}/include
          ${payload_root}/share/doc/mqhome ${payload_root}/share/man/man3 ${payload_root}/share/man/man5
          ${payload_root}/share/man/man1 ${payload_root}/share/bash-completion/completions
          ${payload_root}/share/zsh/site-functions ${payload_root}/share/fish/vendor_completions.d
          ${CMAKE_SOURCE_DIR}/dist
  ${payload_commands}
  COMMAND ${CMAKE_COMMAND} -E copy ${payload_texts} ${payload_root}/share/doc/mqhome
  COMMAND ${CMAKE_COMMAND} -E copy ${payload_manuals} ${payload_root}/share/man/man5
  COMMAND ${CMAKE_COMMAND} -E copy ${payload_library_manuals} ${payload_root}/share/man/man3
  COMMAND ${CMAKE_COMMAND} -E copy ${payload_client_manuals} ${payload_root}/share/man/man1
  ${payload_completions}
  COMMAND mqpack --stub $<TARGET_FILE:mqinstall> --version ${PROJECT_VERSION}
          --root ${payload_root} --out ${CMAKE_SOURCE_DIR}/dist/mqinstall
  DEPENDS mqpack ${payload_programs} ${payload_library} ${payload_texts} ${payload_manuals} ${payload_library_manuals}
          ${payload_client_manuals} ${payload_completion_files}
  VERBATIM)
add_custom_target(dist ALL DEPENDS ${CMAKE_SOURCE_DIR}/dist/mqinstall)
