// Starts the application that lies behind this program in the same file, as a squashfs image: an AppImage of type 2
// (docs.appimage.org, "The AppImage specification").
//
// The image is mounted by FUSE for as long as the application or anything it started runs. Where that cannot be, as in most
// containers, it is unpacked into a temporary folder, which goes away again at the end. Linked statically: it asks nothing of
// the system but its kernel and, to mount as a user, fusermount3 (or fusermount).

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"

enum { FAILED = 127, PATH_ROOM = 4096 };

static const char HELP[] =
    "The application in one file. Start it without these options.\n"
    "  --appimage-extract          unpack it into squashfs-root\n"
    "  --appimage-extract-and-run  run it from a temporary folder instead of mounting it\n"
    "  --appimage-mount            mount it, and say where, until Ctrl-C\n"
    "  --appimage-offset           print where the image begins in this file\n"
    "APPIMAGE_EXTRACT_AND_RUN=1 in the environment asks for a temporary folder as well.\n";

static int fail(const char *what) {
    fprintf(stderr, "nacomp: %s: %s\n", what, strerror(errno));
    return FAILED;
}

// A new folder below TMPDIR or /tmp, for this user alone.
static int temporary_folder(char *folder, const char *kind) {
    const char *below = getenv("TMPDIR");
    snprintf(folder, PATH_ROOM, "%s/.%s_nacompXXXXXX", below != NULL && *below == '/' ? below : "/tmp", kind);
    return mkdtemp(folder) == NULL ? -1 : 0;
}

// Becomes the application in `folder`. Returns only if that failed.
static int become(const char *folder, char **argv) {
    char program[PATH_ROOM + 8];
    snprintf(program, sizeof program, "%s/AppRun", folder);
    setenv("APPDIR", folder, 1);
    execv(program, argv);
    return fail(program);
}

// Serves the mounted image until the last program that holds the other end of `alive` has ended.
static _Noreturn void serve(struct mounted *mounted, int alive, const char *folder) {
    setsid();  // Ctrl-C is for the application
    image_serve(mounted, alive);
    rmdir(folder);
    _exit(0);
}

// Mounts the image and runs the application as this process. Returns -1, with nothing left behind, if it cannot be mounted.
static int run_mounted(const struct image *image, char **argv) {
    char folder[PATH_ROOM];
    int alive[2];
    if (temporary_folder(folder, "mount") != 0) return -1;
    struct mounted *mounted = image_mount(image, folder);
    if (mounted == NULL || pipe(alive) != 0) {
        rmdir(folder);
        return -1;
    }
    pid_t server = fork();
    if (server == 0) {
        close(alive[1]);
        serve(mounted, alive[0], folder);
    }
    close(alive[0]);  // the other end stays open in the application and in all that it starts
    image_leave(mounted);
    return become(folder, argv);
}

static volatile sig_atomic_t application;

static void pass_on(int number) {
    if (application > 0) kill(application, number);
}

// Waits for the application, and ends as it did.
static int wait_for(pid_t child, const char *folder) {
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    image_remove(folder);
    if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return FAILED;
}

static int run_unpacked(const struct image *image, char **argv) {
    char folder[PATH_ROOM];
    if (temporary_folder(folder, "unpacked") != 0) return fail("no folder to unpack into");
    if (image_unpack(image, folder) != 0) {
        int status = fail(errno == EINVAL || errno == EIO ? "this file is cut short or damaged" : "cannot unpack");
        image_remove(folder);
        return status;
    }
    pid_t child = fork();
    if (child == 0) _exit(become(folder, argv));
    application = child;
    struct sigaction action = {.sa_handler = pass_on};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGINT, SIG_IGN);  // a terminal sends it to the application too
    signal(SIGQUIT, SIG_IGN);
    return wait_for(child, folder);
}

static int show_mount(const struct image *image) {
    char folder[PATH_ROOM];
    if (temporary_folder(folder, "mount") != 0) return fail("no folder to mount on");
    struct mounted *mounted = image_mount(image, folder);
    if (mounted == NULL) {
        rmdir(folder);
        return fail("cannot mount; try --appimage-extract");
    }
    puts(folder);
    fflush(stdout);
    image_serve(mounted, -1);
    rmdir(folder);
    return 0;
}

static int extract(const struct image *image) {
    if (mkdir("squashfs-root", 0777) != 0) return fail("squashfs-root");
    return image_unpack(image, "squashfs-root") == 0 ? 0 : fail("squashfs-root");
}

int main(int argc, char **argv) {
    struct image image;
    if (image_open(&image) != 0) return fail("cannot read this file");
    setenv("APPIMAGE", image.path, 1);
    setenv("ARGV0", argv[0], 1);
    const char *option = argc > 1 ? argv[1] : "";
    if (strcmp(option, "--appimage-help") == 0) return fputs(HELP, stdout) < 0;
    if (strcmp(option, "--appimage-offset") == 0) return printf("%llu\n", image.offset) < 0;
    if (strcmp(option, "--appimage-extract") == 0) return extract(&image);
    if (strcmp(option, "--appimage-mount") == 0) return show_mount(&image);
    int unpacked = strcmp(option, "--appimage-extract-and-run") == 0;
    char **arguments = argv + unpacked;
    arguments[0] = argv[0];
    if (!unpacked && getenv("APPIMAGE_EXTRACT_AND_RUN") == NULL) {
        int status = run_mounted(&image, arguments);
        if (status >= 0) return status;
    }
    return run_unpacked(&image, arguments);
}
