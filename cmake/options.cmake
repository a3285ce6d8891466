# How the whole tree is compiled. Presets (CMakePresets.json) set these; nothing below overrides.
include(GNUInstallDirs)
include(CheckCCompilerFlag)

set(ENGINE_CONTEXT "asm" CACHE STRING "context switch: asm or ucontext")
set_property(CACHE ENGINE_CONTEXT PROPERTY STRINGS asm ucontext)
option(ENGINE_TESTING "tiny pools and limits, to reach their edges" OFF)
option(FETCH_TESTS "build the tests" ON)
option(FETCH_WERROR "warnings are errors" OFF)
set(FETCH_SANITIZE "" CACHE STRING "sanitizers, as -fsanitize= takes them: address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_definitions(_GNU_SOURCE FETCH_VERSION="${PROJECT_VERSION}")
add_compile_options(
    $<$<COMPILE_LANGUAGE:C>:-Wall> $<$<COMPILE_LANGUAGE:C>:-Wextra>
    $<$<COMPILE_LANGUAGE:C>:-Wshadow> $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
    $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes> $<$<COMPILE_LANGUAGE:C>:-Wwrite-strings>
    $<$<COMPILE_LANGUAGE:C>:-Wvla> $<$<COMPILE_LANGUAGE:C>:-Wformat=2>
    -fno-omit-frame-pointer
    # Assertions guard what must never happen; they stay on in release.
    $<$<COMPILE_LANGUAGE:C>:-UNDEBUG>
    $<$<COMPILE_LANGUAGE:C>:-fstack-protector-strong>)
if(FETCH_WERROR)
    add_compile_options($<$<COMPILE_LANGUAGE:C>:-Werror>)
endif()
if(FETCH_SANITIZE)
    add_compile_options(-fsanitize=${FETCH_SANITIZE} -fno-sanitize-recover=undefined)
    add_link_options(-fsanitize=${FETCH_SANITIZE})
endif()

# Every source includes by its path from the root: "engine/sched/task.h".
include_directories(${PROJECT_SOURCE_DIR})
