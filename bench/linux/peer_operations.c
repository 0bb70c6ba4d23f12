/* What two processes do with each other: pipes, unix sockets, descriptors, eventfds.
 *
 * Each prepare makes the channel and starts the other process once; it then serves for the rest of the run.
 *
 * Next: bench/linux/rpc.c++
 */
#include "bench/linux/init.h"

#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define BYTES_MAX 1024
#define IN_FLIGHT 16

static char message[BYTES_MAX], answer[BYTES_MAX];

static bool read_all(int fd, char *to, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t got = read(fd, to + done, bytes - done);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const char *from, size_t bytes)
{
    return write(fd, from, bytes) == (ssize_t)bytes;
}

/* ---- A pipe each way, one byte -------------------------------------------------------------------- */

static int to_peer[2] = {-1, -1}, from_peer[2];

static void pipe_peer(void)
{
    char byte;
    while (read(to_peer[0], &byte, 1) == 1 && write(from_peer[1], &byte, 1) == 1)
        ;
}

static bool pipe_open(void)
{
    if (to_peer[0] >= 0)
        return true;
    if (pipe(to_peer) || pipe(from_peer))
        return false;
    peer_start(pipe_peer);
    return true;
}

static bool round_trip_0(void)
{
    char byte = 1;
    return write(to_peer[1], &byte, 1) == 1 && read(from_peer[0], &byte, 1) == 1;
}

/* ---- A unix socket, some bytes -------------------------------------------------------------------- */

static int stream[2] = {-1, -1};
static size_t reflected_bytes;

static void reflect_peer(void)
{
    while (read_all(stream[1], answer, reflected_bytes) && write_all(stream[1], answer, reflected_bytes))
        ;
}

static bool stream_open(size_t bytes)
{
    if (reflected_bytes == bytes)
        return true;
    reflected_bytes = bytes;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, stream))
        return false;
    peer_start(reflect_peer);
    return true;
}

static bool stream_open_64(void)
{
    return stream_open(64);
}

static bool stream_open_1024(void)
{
    return stream_open(1024);
}

static bool reflect(void)
{
    return write_all(stream[0], message, reflected_bytes) && read_all(stream[0], answer, reflected_bytes);
}

/* Sixteen questions, then sixteen answers. */
static bool in_flight_16(void)
{
    for (int i = 0; i < IN_FLIGHT; i++)
        if (!write_all(stream[0], message, reflected_bytes))
            return false;
    for (int i = 0; i < IN_FLIGHT; i++)
        if (!read_all(stream[0], answer, reflected_bytes))
            return false;
    return true;
}

/* ---- A descriptor --------------------------------------------------------------------------------- */

static int couriers[2] = {-1, -1};
static int gift;

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static bool descriptor_send(int through, int fd)
{
    char byte = 0;
    struct iovec data = {&byte, 1};
    union control control;
    struct msghdr envelope = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    memset(&control, 0, sizeof control);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    return sendmsg(through, &envelope, 0) == 1;
}

static bool descriptor_receive(int through, int *fd)
{
    char byte;
    struct iovec data = {&byte, 1};
    union control control;
    struct msghdr envelope = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(through, &envelope, 0) != 1 || control.header.cmsg_type != SCM_RIGHTS)
        return false;
    memcpy(fd, CMSG_DATA(&control.header), sizeof *fd);
    return true;
}

static void keep_peer(void)
{
    int fd;
    char byte = 0;
    while (descriptor_receive(couriers[1], &fd) && close(fd) == 0 && write(couriers[1], &byte, 1) == 1)
        ;
}

static bool couriers_open(void)
{
    if (couriers[0] >= 0)
        return true;
    gift = eventfd(0, 0);
    if (gift < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, couriers))
        return false;
    peer_start(keep_peer);
    return true;
}

static bool round_trip_copy(void)
{
    char byte;
    return descriptor_send(couriers[0], gift) && read(couriers[0], &byte, 1) == 1;
}

static bool moved_make(void)
{
    gift = dup(couriers[0]);
    return gift >= 0;
}

/* There is no move: the sender sends, and closes its own. */
static bool round_trip_move(void)
{
    char byte;
    return descriptor_send(couriers[0], gift) && close(gift) == 0 && read(couriers[0], &byte, 1) == 1;
}

/* ---- Signals -------------------------------------------------------------------------------------- */

static int ping = -1, pong;

static bool event_signal(int fd)
{
    uint64_t one = 1;
    return write(fd, &one, sizeof one) == sizeof one;
}

static bool event_wait(int fd)
{
    uint64_t count;
    return read(fd, &count, sizeof count) == sizeof count;
}

static void event_peer(void)
{
    while (event_wait(ping) && event_signal(pong))
        ;
}

static bool events_open(void)
{
    if (ping >= 0)
        return true;
    ping = eventfd(0, 0);
    pong = eventfd(0, 0);
    if (ping < 0 || pong < 0)
        return false;
    peer_start(event_peer);
    return true;
}

static bool notify_round_trip(void)
{
    return event_signal(ping) && event_wait(pong);
}

const struct operation peer_operations[] = {
    {"round_trip_0", 2000, 1, pipe_open, round_trip_0, 0},
    {"round_trip_64", 2000, 1, stream_open_64, reflect, 0},
    {"in_flight_16", 500, IN_FLIGHT, stream_open_64, in_flight_16, 0},
    {"round_trip_1024", 2000, 1, stream_open_1024, reflect, 0},
    {"round_trip_copy", 1000, 1, couriers_open, round_trip_copy, 0},
    {"round_trip_move", 1000, 1, moved_make, round_trip_move, 0},
    {"notify_round_trip", 2000, 1, events_open, notify_round_trip, 0},
    {.name = NULL},
};
