# What every target of ours is compiled with. Designated initialisers leave members to their defaults on purpose, which
# g++ would warn of.
add_library(vitrine_options INTERFACE)
target_include_directories(vitrine_options INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
target_compile_options(
  vitrine_options
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
            -Woverloaded-virtual -Wdouble-promotion -Wformat=2 -Wno-missing-field-initializers -Werror -fstack-protector-strong -fcf-protection
            -fno-plt)
target_link_options(vitrine_options INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(vitrine_options INTERFACE -Wduplicated-cond -Wlogical-op -Wsuggest-override)
endif()
# Without the checks that see nothing which AddressSanitizer or the warnings would not, and cost a fifth of the compiler's time.
if(VITRINE_SANITIZE)
  target_compile_options(vitrine_options INTERFACE -fsanitize=${VITRINE_SANITIZE} -fno-omit-frame-pointer
                                                   -fno-sanitize=null,vptr,object-size -fno-sanitize-recover=all)
  target_link_options(vitrine_options INTERFACE -fsanitize=${VITRINE_SANITIZE})
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(vitrine_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
else()
  target_compile_definitions(vitrine_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()

# A room: a static library named vitrine_<name>, its sources by name, and what it may use.
#   vitrine_room(index SOURCES a.cc b.cc ROOMS base THIRD_PARTY PkgConfig::XXHASH)
function(vitrine_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;THIRD_PARTY" ${ARGN})
  add_library(vitrine_${name} STATIC ${ROOM_SOURCES})
  list(TRANSFORM ROOM_ROOMS PREPEND vitrine_)
  target_link_libraries(vitrine_${name} PUBLIC vitrine_options ${ROOM_ROOMS} PRIVATE ${ROOM_THIRD_PARTY})
endfunction()
