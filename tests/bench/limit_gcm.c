/* The floor under "encrypt this file": one pass that reads, encrypts with AES-256-GCM and writes, 1 MiB at a time.  No
 * envelope, no recipients, no process of its own for hostile input: what any program must spend.  Decrypting costs the same.
 *
 *   limit_gcm IN OUT                    OUT is a new file or an empty one
 *
 * cc -O2 -o limit_gcm limit_gcm.c -lcrypto
 */
#include <fcntl.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#define BLOCK (1 << 20)

int main(int count, char **arguments)
{
    static unsigned char plain[BLOCK], encrypted[BLOCK + 32], key[32], nonce[12];
    if (count != 3 || RAND_bytes(key, sizeof key) != 1 || RAND_bytes(nonce, sizeof nonce) != 1)
        return 1;
    int in = open(arguments[1], O_RDONLY), out = open(arguments[2], O_WRONLY | O_CREAT, 0600);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (in < 0 || out < 0 || EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) != 1)
        return 1;
    ssize_t length;
    int made;
    while ((length = read(in, plain, BLOCK)) > 0) {
        if (EVP_EncryptUpdate(context, encrypted, &made, plain, (int)length) != 1 || write(out, encrypted, made) != made)
            return 1;
    }
    if (length < 0 || EVP_EncryptFinal_ex(context, encrypted, &made) != 1)
        return 1;
    EVP_CIPHER_CTX_free(context);
    return close(out) != 0;
}
