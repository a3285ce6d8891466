/* A query as the tests' DNS server reads it, and its answer. */
#include "tests/fuzz/fuzz.h"
#include "tests/origin/dns_authority.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dns_query query;
    static struct dns_reply reply;
    struct authority authority;
    if (!dns_query_parse(data, size, &query))
        return 0;
    if (query.code == DNS_NOERROR) {
        MUST(query.name_size <= DNS_NAME_MAX && query.name[query.name_size] == '\0');
        MUST(query.question == data + DNS_HEADER);
        MUST(query.question_size <= size - DNS_HEADER);
    }
    authority_init(&authority);
    for (int is_tcp = 0; is_tcp < 2; is_tcp++) {
        authority_answer(&authority, &query, is_tcp, &reply);
        MUST(reply.size >= DNS_HEADER && reply.size <= sizeof(reply.data) && !reply.overflow);
    }
    authority_clear(&authority);
    return 0;
}
