// The squashfs image behind a program: mounted by FUSE or unpacked.

#pragma once

struct image {
    char path[4096];            // of this file
    unsigned long long offset;  // where the image begins in it
};
struct mounted;

// All give 0, or -1 with errno set, where nothing else is said.

// This program's own file; the image begins where the program's ELF file ends.
int image_open(struct image *image);

// NULL, with errno set, if the kernel or the system's mounting helper refuse; nothing is printed then.
struct mounted *image_mount(const struct image *image, const char *folder);

// Answers the kernel until `alive` (a pipe's end, or -1) has no writer left, a signal asks to end, or the image was unmounted
// from outside; unmounts it.
void image_serve(struct mounted *mounted, int alive);

// Closes what only the serving process needs. The mount stays.
void image_leave(struct mounted *mounted);

// Everything in it, into a folder that is there and empty.
int image_unpack(const struct image *image, const char *folder);

// A folder with all that is in it. It follows no links.
void image_remove(const char *folder);
