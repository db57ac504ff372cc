# Foreign libraries, one imported target each: mq::NAME. With MQ_STATIC the archive is taken.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

if(MQ_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()

# mq_library(target LIBS a b c): an interface target over -l libraries, in link order.
function(mq_library name)
  cmake_parse_arguments(arg "" "" "LIBS;LINKS" ${ARGN})
  add_library(mq_dep_${name} INTERFACE)
  add_library(mq::${name} ALIAS mq_dep_${name})
  foreach(lib IN LISTS arg_LIBS)
    string(MAKE_C_IDENTIFIER "${lib}" id)
    find_library(MQ_LIB_${id} ${lib} REQUIRED)
    target_link_libraries(mq_dep_${name} INTERFACE ${MQ_LIB_${id}})
  endforeach()
  target_link_libraries(mq_dep_${name} INTERFACE ${arg_LINKS})
endfunction()

mq_library(openssl LIBS ssl crypto LINKS Threads::Threads)
mq_library(sqlite LIBS sqlite3 LINKS Threads::Threads)
mq_library(argon2 LIBS argon2 LINKS Threads::Threads)
mq_library(websockets LIBS websockets cap z LINKS mq::openssl)
mq_library(zstd LIBS zstd)
if(MQ_STATIC)
  # What tar, gzip, zstd and xz need. `archive_read_support_format_all` and `..._filter_all` would
  # need more (lz4, bz2, nettle, xml2, ICU, 30 MB): a link that fails here names who calls them.
  mq_library(archive LIBS archive acl zstd lzma z)
else()
  mq_library(archive LIBS archive)
endif()
mq_library(json LIBS boost_json boost_container)

# Header-only: Boost (Asio, system::result) and CLI11.
add_library(mq_dep_boost INTERFACE)
add_library(mq::boost ALIAS mq_dep_boost)
target_compile_definitions(mq_dep_boost INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(mq_dep_boost INTERFACE Threads::Threads)
