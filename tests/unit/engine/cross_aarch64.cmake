# The AArch64 assembly, cross-compiled and run under qemu-user. Skipped, with a word why, where the
# tools are missing.
find_program(AARCH64_COMPILER aarch64-linux-gnu-gcc)
find_program(AARCH64_EMULATOR NAMES qemu-aarch64 qemu-aarch64-static)
if(AARCH64_COMPILER AND AARCH64_EMULATOR)
    set(co ${PROJECT_SOURCE_DIR}/engine/co)
    set(sources cross_context.c context_checks.c)
    list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    list(APPEND sources ${co}/co.c ${co}/stack.c ${co}/guard.c ${co}/context_asm.c
        ${co}/context_aarch64.S ${co}/context_x86_64.S)
    file(GLOB headers ${co}/*.h)
    set(program ${CMAKE_CURRENT_BINARY_DIR}/context.aarch64)
    add_custom_command(OUTPUT ${program}
        COMMAND ${AARCH64_COMPILER} -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -static
            -mbranch-protection=standard -I ${PROJECT_SOURCE_DIR} ${sources} -o ${program}
            -pthread -lm
        DEPENDS ${sources} ${headers} VERBATIM)
    add_custom_target(cross_context_aarch64 ALL DEPENDS ${program})
    add_test(NAME unit.cross_context_aarch64 COMMAND ${AARCH64_EMULATOR} ${program} aarch64)
else()
    add_test(NAME unit.cross_context_aarch64 COMMAND ${CMAKE_COMMAND} -E echo
        "SKIPPED: needs aarch64-linux-gnu-gcc and qemu-aarch64 (gcc-aarch64-linux-gnu, qemu-user)")
    set_tests_properties(unit.cross_context_aarch64 PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED")
endif()
set_tests_properties(unit.cross_context_aarch64 PROPERTIES TIMEOUT 180 LABELS unit)
