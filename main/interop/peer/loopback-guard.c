/*
 * Keeps a Tox process on this machine, whatever it wants to do.
 *
 * It takes the place of the socket calls that can reach the network. It is linked into the peer and preloaded into
 * tox-bootstrapd:
 *
 *   bind         the wildcard address becomes 127.0.0.1
 *   sendto       to 127.0.0.0/8 only; the limited broadcast 255.255.255.255 goes to 127.0.0.1 (a LAN of one machine)
 *   connect      to 127.0.0.0/8 only
 *   getaddrinfo  numeric addresses only, so that no name server is asked
 *
 * It says on standard error "loopback-guard: bound PORT" after each bind, which is how the harness learns the port of
 * tox-bootstrapd, and "loopback-guard: refused ADDRESS" for each refusal, which it counts.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

typedef int bind_function(int, const struct sockaddr *, socklen_t);
typedef ssize_t sendto_function(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
typedef int getaddrinfo_function(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* Nothing may outlive the test that started it; a line written must be seen at once. */
__attribute__((constructor)) static void follow_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setvbuf(stdout, NULL, _IOLBF, 0);
}

static bool is_loopback(struct in_addr address)
{
    return (ntohl(address.s_addr) >> 24) == 127;
}

/* True when the address may be reached; rewrites the limited broadcast. A local socket (syslog) is no network. */
static bool admit(struct sockaddr_storage *target)
{
    if (target->ss_family == AF_UNIX) {
        return true;
    }

    if (target->ss_family != AF_INET) {
        fprintf(stderr, "loopback-guard: refused address family %d\n", target->ss_family);
        return false;
    }

    struct sockaddr_in *const ipv4 = (struct sockaddr_in *)target;

    if (ipv4->sin_addr.s_addr == htonl(INADDR_BROADCAST)) {
        ipv4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }

    if (is_loopback(ipv4->sin_addr)) {
        return true;
    }

    fprintf(stderr, "loopback-guard: refused %s\n", inet_ntoa(ipv4->sin_addr));
    return false;
}

static bool copy_address(struct sockaddr_storage *copy, const struct sockaddr *address, socklen_t length)
{
    memset(copy, 0, sizeof(*copy));

    if (address == NULL || length > sizeof(*copy)) {
        return false;
    }

    memcpy(copy, address, length);
    return true;
}

int bind(int socket, const struct sockaddr *address, socklen_t length)
{
    bind_function *const next = (bind_function *)dlsym(RTLD_NEXT, "bind");
    struct sockaddr_storage copy;

    if (!copy_address(&copy, address, length) || copy.ss_family != AF_INET) {
        errno = EADDRNOTAVAIL;
        return -1;
    }

    struct sockaddr_in *const ipv4 = (struct sockaddr_in *)&copy;
    ipv4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int result = next(socket, (const struct sockaddr *)&copy, length);

    if (result == 0) {
        fprintf(stderr, "loopback-guard: bound %u\n", ntohs(ipv4->sin_port));
    }

    return result;
}

int connect(int socket, const struct sockaddr *address, socklen_t length)
{
    bind_function *const next = (bind_function *)dlsym(RTLD_NEXT, "connect");
    struct sockaddr_storage copy;

    if (!copy_address(&copy, address, length) || !admit(&copy)) {
        errno = ENETUNREACH;
        return -1;
    }

    return next(socket, (const struct sockaddr *)&copy, length);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
    sendto_function *const next = (sendto_function *)dlsym(RTLD_NEXT, "sendto");
    struct sockaddr_storage copy;

    if (!copy_address(&copy, address, length) || !admit(&copy)) {
        errno = ENETUNREACH;
        return -1;
    }

    return next(socket, data, size, flags, (const struct sockaddr *)&copy, length);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    getaddrinfo_function *const next = (getaddrinfo_function *)dlsym(RTLD_NEXT, "getaddrinfo");
    struct addrinfo numeric = {0};

    if (hints != NULL) {
        numeric = *hints;
    }

    numeric.ai_flags |= AI_NUMERICHOST;
    return next(host, service, &numeric, found);
}
