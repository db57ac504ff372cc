# Compiler and linker settings that hold for every room.

# An assertion guards an invariant of ours and stays in every build, so NDEBUG is never defined.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1")

find_program(MQ_CCACHE ccache)
if(MQ_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${MQ_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${MQ_CCACHE})
endif()

add_compile_options(-fno-plt -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fdiagnostics-color=auto)
endif()

if(MQ_SANITIZE)
  add_compile_options(-fsanitize=${MQ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${MQ_SANITIZE})
  if(MQ_SANITIZE MATCHES thread)
    add_compile_options(-Wno-tsan)  # Boost has a fence, which ThreadSanitizer does not see
  endif()
endif()

if(MQ_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # the fuzzers look at what code their inputs reach
endif()

if(MQ_STATIC)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  add_link_options(-static-pie -Wl,--gc-sections -s)
  add_compile_options(-ffunction-sections -fdata-sections)
endif()

# The warnings of our own code; foreign headers are SYSTEM includes.
add_library(mq_warnings INTERFACE)
target_compile_options(mq_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor -Werror)
