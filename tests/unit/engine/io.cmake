# Tests of engine/io, engine/offload and what connects them with the scheduler.
foreach(module poller io socket blocking waker mailbox offload future)
    fetch_unit_test(test_${module} SOURCES test_${module}.c LIBRARIES engine)
endforeach()
