# mq_room(NAME SOURCES ... LINKS ...): one static library for one room of the code.
function(mq_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  target_link_libraries(${name} PRIVATE mq_warnings PUBLIC mq::boost ${arg_LINKS})
endfunction()

# mq_program(NAME SOURCES ... LINKS ...): one program in bin/.
function(mq_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE mq_warnings ${arg_LINKS})
endfunction()
