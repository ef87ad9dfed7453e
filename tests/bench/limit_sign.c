/* The floor under "sign this file with that key": one pass that reads, hashes and writes a copy, one signature, and the
 * signature written into room left behind the copy.  No PDF, no CMS, no timestamp: what any program must spend.
 *
 *   limit_sign [--durable] soft KEY.pem COUNT IN OUT                    key in a PEM file
 *   limit_sign [--durable] pkcs11 MODULE LABEL PIN KEYID COUNT IN OUT   key on the token of that label, KEYID in hexadecimal
 *
 * --durable: the copy and its folder are flushed to the disk as well (fsync).
 * Prints the median of COUNT rounds in milliseconds; loading the module, login and key search are not counted.
 * cc -O2 -o limit_sign limit_sign.c $(pkg-config --cflags p11-kit-1) -lcrypto -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <p11-kit/pkcs11.h>

enum { BLOCK = 1 << 20, ROOM = 16384, DIGEST = 32, SIGNATURE_MAX = 1024, SLOTS_MAX = 64 };

struct signer {
    EVP_PKEY *soft;
    CK_FUNCTION_LIST *module;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
};

static void fail(const char *what)
{
    fprintf(stderr, "limit_sign: %s\n", what);
    exit(1);
}

static void check(CK_RV result, const char *what)
{
    if (result != CKR_OK) {
        fprintf(stderr, "limit_sign: %s: 0x%lx\n", what, result);
        exit(1);
    }
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int copy_and_hash(const char *in, const char *out, unsigned char *digest)
{
    static unsigned char block[BLOCK];
    int source = open(in, O_RDONLY), target = open(out, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (source < 0 || target < 0)
        fail("cannot open");
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
    for (ssize_t count; (count = read(source, block, BLOCK)) > 0;) {
        EVP_DigestUpdate(hash, block, count);
        if (write(target, block, count) != count)
            fail("cannot write");
    }
    EVP_DigestFinal_ex(hash, digest, NULL);
    EVP_MD_CTX_free(hash);
    close(source);
    return target;
}

static size_t sign(const struct signer *signer, const unsigned char *digest, unsigned char *signature)
{
    if (signer->soft) {
        size_t length = SIGNATURE_MAX;
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(signer->soft, NULL);
        if (EVP_PKEY_sign_init(context) <= 0 || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) <= 0
            || EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) <= 0
            || EVP_PKEY_sign(context, signature, &length, digest, DIGEST) <= 0)
            fail("cannot sign");
        EVP_PKEY_CTX_free(context);
        return length;
    }
    /* DigestInfo of SHA-256, RFC 8017 section 9.2 */
    unsigned char info[19 + DIGEST] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                       0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    memcpy(info + 19, digest, DIGEST);
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    CK_ULONG length = SIGNATURE_MAX;
    check(signer->module->C_SignInit(signer->session, &mechanism, signer->key), "C_SignInit");
    check(signer->module->C_Sign(signer->session, info, sizeof info, signature, &length), "C_Sign");
    return length;
}

static void flush(int target, const char *out)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", out);
    int folder = open(dirname(path), O_RDONLY | O_DIRECTORY);
    if (folder < 0 || fsync(target) || fsync(folder))
        fail("cannot flush");
    close(folder);
}

static double round_ms(const struct signer *signer, const char *in, const char *out, int is_durable)
{
    static unsigned char room[ROOM];
    unsigned char digest[DIGEST], signature[SIGNATURE_MAX];
    unlink(out); /* emptying the last round's file is not part of the work */
    double start = now_ms();
    int target = copy_and_hash(in, out, digest);
    off_t end = lseek(target, 0, SEEK_END);
    if (write(target, room, ROOM) != ROOM)
        fail("cannot write");
    size_t length = sign(signer, digest, signature);
    if (pwrite(target, signature, length, end) != (ssize_t)length)
        fail("cannot write");
    if (is_durable)
        flush(target, out);
    close(target);
    return now_ms() - start;
}

static CK_SLOT_ID slot_of(CK_FUNCTION_LIST *module, const char *label)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    check(module->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        size_t length = strlen(label);
        if (module->C_GetTokenInfo(slots[i], &info) == CKR_OK && length <= sizeof info.label
            && !memcmp(info.label, label, length) && (length == sizeof info.label || info.label[length] == ' '))
            return slots[i];
    }
    fail("no token of that label");
    return 0;
}

static struct signer token_signer(const char *path, const char *label, char *pin, const char *id_hex)
{
    struct signer signer = {0};
    void *library = dlopen(path, RTLD_NOW);
    if (!library)
        fail(dlerror());
    CK_C_GetFunctionList get_functions = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
    check(get_functions(&signer.module), "C_GetFunctionList");
    check(signer.module->C_Initialize(NULL), "C_Initialize");
    CK_SLOT_ID slot = slot_of(signer.module, label);
    check(signer.module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &signer.session), "C_OpenSession");
    check(signer.module->C_Login(signer.session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)), "C_Login");
    unsigned char id[64];
    size_t id_length = strlen(id_hex) / 2;
    for (size_t i = 0; i < id_length && i < sizeof id; i++)
        sscanf(id_hex + 2 * i, "%2hhx", &id[i]);
    CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &private_key, sizeof private_key}, {CKA_ID, id, id_length}};
    CK_ULONG found = 0;
    check(signer.module->C_FindObjectsInit(signer.session, wanted, 2), "C_FindObjectsInit");
    check(signer.module->C_FindObjects(signer.session, &signer.key, 1, &found), "C_FindObjects");
    check(signer.module->C_FindObjectsFinal(signer.session), "C_FindObjectsFinal");
    if (!found)
        fail("no key of that id");
    return signer;
}

static struct signer file_signer(const char *path)
{
    struct signer signer = {0};
    FILE *file = fopen(path, "r");
    if (!file)
        fail("cannot open the key");
    signer.soft = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    if (!signer.soft)
        fail("cannot read the key");
    return signer;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    struct signer signer;
    int is_durable = argc > 1 && !strcmp(argv[1], "--durable");
    argc -= is_durable;
    argv += is_durable;
    if (argc == 6 && !strcmp(argv[1], "soft"))
        signer = file_signer(argv[2]);
    else if (argc == 9 && !strcmp(argv[1], "pkcs11"))
        signer = token_signer(argv[2], argv[3], argv[4], argv[5]);
    else
        fail("usage: see the head of limit_sign.c");
    int count = atoi(argv[argc - 3]);
    if (count < 1)
        fail("COUNT");
    double *rounds = calloc(count, sizeof *rounds);
    for (int i = 0; i < count; i++)
        rounds[i] = round_ms(&signer, argv[argc - 2], argv[argc - 1], is_durable);
    qsort(rounds, count, sizeof *rounds, ascending);
    printf("%.3f\n", rounds[count / 2]);
    if (signer.module)
        signer.module->C_Finalize(NULL);
    return 0;
}
