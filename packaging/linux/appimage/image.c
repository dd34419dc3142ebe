#include "image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <squashfuse/ll.h>  // before what needs its structs

#include <squashfuse/file.h>
#include <squashfuse/traverse.h>

enum { CHUNK = 1 << 20, OPEN_FILES = 16 };

struct mounted {
    sqfs_ll *files;
    struct fuse_session *session;
};

// This program's path; where /proc is not mounted it is told by the kernel as it was given.
static int find_path(char *path, size_t room) {
    ssize_t length = readlink("/proc/self/exe", path, room - 1);
    if (length >= 0) path[length] = '\0';
    return length >= 0 || realpath((const char *)getauxval(AT_EXECFN), path) != NULL ? 0 : -1;
}

int image_open(struct image *image) {
    if (find_path(image->path, sizeof image->path) != 0) return -1;
    int file = open(image->path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    Elf64_Ehdr header;
    ssize_t got = read(file, &header, sizeof header);
    close(file);
    if (got != (ssize_t)sizeof header) {
        errno = EIO;
        return -1;
    }
    image->offset = header.e_shoff + (unsigned long long)header.e_shentsize * header.e_shnum;  // sections' headers come last
    return 0;
}

// Opens the image within its file; prints nothing, which sqfs_open_image would.
static int open_files(const struct image *image, sqfs *files) {
    int file = open(image->path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    if (sqfs_init(files, file, image->offset) == SQFS_OK) return 0;
    close(file);
    errno = EINVAL;
    return -1;
}

// ------------------------------------------------------------------ mounting

static const struct fuse_lowlevel_ops OPERATIONS = {
    .getattr = sqfs_ll_op_getattr,
    .opendir = sqfs_ll_op_opendir,
    .releasedir = sqfs_ll_op_releasedir,
    .readdir = sqfs_ll_op_readdir,
    .lookup = sqfs_ll_op_lookup,
    .open = sqfs_ll_op_open,
    .release = sqfs_ll_op_release,
    .read = sqfs_ll_op_read,
    .readlink = sqfs_ll_op_readlink,
    .forget = sqfs_ll_op_forget,
    .statfs = stfs_ll_op_statfs,
};

// A session on `folder`, or NULL. What libfuse and fusermount say of a machine that has no FUSE is not for the user.
static struct fuse_session *mount_quietly(sqfs_ll *files, const char *folder) {
    char *words[] = {"nacomp", "-o", "ro,nodev,nosuid,fsname=nacomp,subtype=squashfuse"};
    struct fuse_args arguments = FUSE_ARGS_INIT(3, words);
    struct fuse_session *session = fuse_session_new(&arguments, &OPERATIONS, sizeof OPERATIONS, files);
    fuse_opt_free_args(&arguments);
    if (session == NULL) return NULL;
    int said = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    int failed = fuse_session_mount(session, folder);
    if (said >= 0) dup2(said, STDERR_FILENO);
    if (said >= 0) close(said);
    if (nowhere >= 0) close(nowhere);
    if (failed == 0) return session;
    fuse_session_destroy(session);
    return NULL;
}

struct mounted *image_mount(const struct image *image, const char *folder) {
    if (access("/dev/fuse", R_OK | W_OK) != 0) return NULL;
    sqfs_ll *files = calloc(1, sizeof *files);
    struct mounted *mounted = calloc(1, sizeof *mounted);
    if (files == NULL || mounted == NULL || open_files(image, &files->fs) != 0) goto failed;
    if (sqfs_ll_init(files) != SQFS_OK) goto failed;
    mounted->files = files;
    mounted->session = mount_quietly(files, folder);
    if (mounted->session != NULL) return mounted;
    errno = ENODEV;
failed:
    free(files);  // its file is closed with the process, which goes on to unpack
    free(mounted);
    return NULL;
}

void image_serve(struct mounted *mounted, int alive) {
    struct fuse_session *session = mounted->session;
    struct fuse_buf request = {.mem = NULL};
    struct pollfd ends[] = {{.fd = fuse_session_fd(session), .events = POLLIN}, {.fd = alive, .events = 0}};
    fuse_set_signal_handlers(session);
    while (!fuse_session_exited(session)) {
        if (poll(ends, 2, -1) < 0) {
            if (errno == EINTR) continue;
            break;
        }
        if (ends[1].revents != 0) break;  // all writers are gone
        if (ends[0].revents & (POLLERR | POLLHUP)) break;  // unmounted by somebody else
        int size = fuse_session_receive_buf(session, &request);
        if (size == -EINTR || size == -EAGAIN) continue;
        if (size <= 0) break;
        fuse_session_process_buf(session, &request);
    }
    free(request.mem);
    fuse_remove_signal_handlers(session);
    fuse_session_unmount(session);
    fuse_session_destroy(session);
}

void image_leave(struct mounted *mounted) {
    close(fuse_session_fd(mounted->session));
    close(mounted->files->fs.fd);
    free(mounted);  // the session's own memory goes when this process becomes the application
}

// ------------------------------------------------------------------ unpacking

static int write_all(int file, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(file, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -1;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

static int unpack_file(sqfs *files, sqfs_inode *inode, const char *path) {
    static char chunk[CHUNK];
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, inode->base.mode & 0777);
    if (file < 0) return -1;
    int failed = 0;
    sqfs_off_t end = (sqfs_off_t)inode->xtra.reg.file_size;
    for (sqfs_off_t at = 0; at < end && !failed;) {
        sqfs_off_t size = CHUNK;
        if (sqfs_read_range(files, inode, at, &size, chunk) != SQFS_OK || size <= 0) {
            errno = EIO;
            failed = 1;
        } else {
            failed = write_all(file, chunk, (size_t)size);
            at += size;
        }
    }
    if (close(file) != 0) failed = 1;
    return failed ? -1 : 0;
}

static int unpack_link(sqfs *files, sqfs_inode *inode, const char *path) {
    char target[4096];
    size_t size = sizeof target;
    if (sqfs_readlink(files, inode, target, &size) != SQFS_OK) {
        errno = EIO;
        return -1;
    }
    return symlink(target, path);
}

static int unpack_entry(sqfs *files, sqfs_inode_id id, const char *path) {
    sqfs_inode inode;
    if (sqfs_inode_get(files, &inode, id) != SQFS_OK) {
        errno = EIO;
        return -1;
    }
    if (S_ISDIR(inode.base.mode)) return mkdir(path, 0777);
    if (S_ISREG(inode.base.mode)) return unpack_file(files, &inode, path);
    if (S_ISLNK(inode.base.mode)) return unpack_link(files, &inode, path);
    errno = EINVAL;  // nothing else is ever packed
    return -1;
}

int image_unpack(const struct image *image, const char *folder) {
    sqfs files;
    sqfs_traverse walk;
    sqfs_err error = SQFS_OK;
    if (open_files(image, &files) != 0) return -1;
    int failed = sqfs_traverse_open(&walk, &files, sqfs_inode_root(&files)) == SQFS_OK ? 0 : -1;
    while (!failed && sqfs_traverse_next(&walk, &error)) {
        char path[8192];
        if (walk.dir_end) continue;
        int length = snprintf(path, sizeof path, "%s/%s", folder, walk.path);
        failed = length < (int)sizeof path ? unpack_entry(&files, sqfs_dentry_inode(&walk.entry), path) : -1;
    }
    if (error != SQFS_OK) {
        errno = EIO;
        failed = -1;
    }
    sqfs_traverse_close(&walk);
    sqfs_destroy(&files);
    close(files.fd);
    return failed;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void image_remove(const char *folder) { nftw(folder, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS); }
