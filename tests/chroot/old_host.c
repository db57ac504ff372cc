// Runs a program as an old host does: in another userland, under an account that its passwd does
// not know, with the version number of Linux 2.6 and without the system calls that came after
// Linux 3.10 (its last is 313).
// usage, as root: old_host ROOT UID PROGRAM [ARGUMENT]...
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FIRST_UNKNOWN_CALL 314

static void must(int result, const char* what) {
    if (result != 0) {
        perror(what);
        exit(125);
    }
}

static void enter(const char* root) {
    must(unshare(CLONE_NEWNS), "unshare");
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
    must(chdir(root), root);
    must(mount("proc", "proc", "proc", 0, NULL), "proc");
    must(chroot("."), "chroot");
}

static void become(uid_t user) {
    must(setgroups(0, NULL), "setgroups");
    must(setresgid(user, user, user), "setresgid");
    must(setresuid(user, user, user), "setresuid");
}

static void forget_new_calls(void) {
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_UNKNOWN_CALL, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof steps / sizeof steps[0], steps};
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), "filter");
}

int main(int argc, char** argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: old_host ROOT UID PROGRAM [ARGUMENT]...\n");
        return 125;
    }
    enter(argv[1]);
    become((uid_t)atoi(argv[2]));
    must(personality(PER_LINUX | UNAME26) == -1, "personality");
    forget_new_calls();
    execv(argv[3], argv + 3);
    perror(argv[3]);
    return 127;
}
