/* What parent, server and client have agreed on. Next: tests/qemu/donation/donation.c */
#pragma once

#define SERVED_ID 0x44

#define CLIENT_FRAMES 350
#define SERVER_FRAMES 80
#define SHARED_PAGES  200

/* Commands to the server: one struct of two words, the command and a number. */
enum command {
    TAKE_ALLOCATOR, /* comes with it */
    MAKE,           /* so many pages; the answer is what happened */
    DROP,           /* all memory */
};

/* Message words. */
#define COMMAND_WORDS 3
#define TEXT_BYTES    256
