/* A PKCS#11 module that passes calls on to a real one and misbehaves when told to.

   Environment: STUB_REAL  path of the real module
                STUB_FAULT path of a file "FUNCTION FAULT": the fault of the next call; the file is removed as it fires,
                           unless a third word "always" follows
                STUB_LOG   path of a file to which the name of each call is appended
                STUB_FLAGS hex, added to every token's flags; STUB_PIN_PAD the PIN that is "typed on the device"
                STUB_PIN_LENGTHS the shortest and the longest PIN that every token claims to take
                STUB_MECHANISM hex, the only mechanism listed
                STUB_SERIAL, STUB_LABEL shown instead of every token's own
                STUB_TOKENS folder of the tokens, emptied by "pull", which then returns CKR_DEVICE_REMOVED
   Faults: hang stubborn (hangs, and ignores SIGTERM) segv abort exit print pull garbage, or the hex value to return. FUNCTION "load" is the library's constructor.

   Own declarations instead of pkcs11.h: all arguments are pointers or unsigned longs (PKCS#11 v2.40 section 2). */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long word;
typedef word call(word, word, word, word, word, word);
struct functions { unsigned char major, minor; call *f[68]; };
enum { LABEL_BYTES = 32, SERIAL_OFFSET = 80, SERIAL_BYTES = 16, TOKEN_FLAGS_OFFSET = 96, PIN_LENGTHS = 17 /* in words: longest, shortest */, TOKEN_INFO_BYTES = 208, SLOT_INFO_BYTES = 112, INFO_BYTES = 88 };

static struct functions *real, ours;
static const word huge = 1ul << 40;
static const word unheard_of = 0xdeadbeef;

static void note(const char *name) {
  const char *path = getenv("STUB_LOG");
  if (!path) return;
  int log = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  dprintf(log, "%s\n", name);
  close(log);
}

/* Returns 1 and the value when the call must return it, 2 when its answer must be spoilt, else 0. */
static int fault(const char *name, word *value) {
  char wanted[64], kind[64], times[64] = "once";
  const char *path = getenv("STUB_FAULT");
  note(name);
  FILE *file = path ? fopen(path, "r") : 0;
  if (!file) return 0;
  int fields = fscanf(file, "%63s %63s %63s", wanted, kind, times);
  fclose(file);
  if (fields < 2 || strcmp(wanted, name)) return 0;
  if (strcmp(times, "always")) unlink(path);
  if (!strcmp(kind, "stubborn")) { signal(SIGTERM, SIG_IGN); for (;;) pause(); }
  if (!strcmp(kind, "hang")) for (;;) pause();
  if (!strcmp(kind, "segv")) raise(SIGSEGV);
  if (!strcmp(kind, "abort")) abort();
  if (!strcmp(kind, "exit")) exit(3);
  if (!strcmp(kind, "print")) { printf("%s prints\n", name); fflush(stdout); return 0; }
  if (!strcmp(kind, "garbage")) return 2;
  if (!strcmp(kind, "pull")) {
    *value = system("rm -r \"$STUB_TOKENS\"/*") ? unheard_of : 0x32;
    return 1;
  }
  *value = strtoul(kind, 0, 16);
  return 1;
}

#define CALL(index, name, spoil)                                  \
  static word name(word a, word b, word c, word d, word e, word g) { \
    word value = 0;                                               \
    int what = fault(#name, &value);                              \
    if (what == 1) return value;                                  \
    value = real->f[index](a, b, c, d, e, g);                     \
    if (what == 2) { spoil; }                                     \
    return value;                                                 \
  }

CALL(0, C_Initialize, value = unheard_of)
CALL(1, C_Finalize, value = unheard_of)
CALL(2, C_GetInfo, memset((void *)a, 0xff, INFO_BYTES))
CALL(4, C_GetSlotList, *(word *)c = huge)
CALL(5, C_GetSlotInfo, memset((void *)b, 0xff, SLOT_INFO_BYTES))
CALL(10, C_InitPIN, value = unheard_of)
CALL(11, C_SetPIN, value = unheard_of)
CALL(12, C_OpenSession, *(word *)e = 0xdead)
CALL(13, C_CloseSession, value = unheard_of)
CALL(19, C_Logout, value = unheard_of)
CALL(24, C_GetAttributeValue, ((word *)c)[2] = huge)
CALL(26, C_FindObjectsInit, value = unheard_of)
CALL(27, C_FindObjects, *(word *)d = 1000)
CALL(28, C_FindObjectsFinal, value = unheard_of)
CALL(42, C_SignInit, value = unheard_of)
CALL(43, C_Sign, *(word *)e = huge)

static void show(const char *variable, char *field, word bytes) {
  const char *text = getenv(variable);
  if (!text) return;
  memset(field, ' ', bytes);
  memcpy(field, text, strlen(text));
}

static word C_GetTokenInfo(word slot, word info, word c, word d, word e, word g) {
  word value = 0;
  int what = fault("C_GetTokenInfo", &value);
  if (what == 1) return value;
  value = real->f[6](slot, info, c, d, e, g);
  if (getenv("STUB_FLAGS")) *(word *)(info + TOKEN_FLAGS_OFFSET) |= strtoul(getenv("STUB_FLAGS"), 0, 16);
  if (getenv("STUB_PIN_LENGTHS"))
    sscanf(getenv("STUB_PIN_LENGTHS"), "%lu %lu", (word *)info + PIN_LENGTHS + 1, (word *)info + PIN_LENGTHS);
  show("STUB_LABEL", (char *)info, LABEL_BYTES);
  show("STUB_SERIAL", (char *)info + SERIAL_OFFSET, SERIAL_BYTES);
  if (what == 2) memset((void *)info, 0xff, TOKEN_INFO_BYTES);
  return value;
}

static word C_GetMechanismList(word slot, word list, word count, word d, word e, word g) {
  word value = 0;
  int what = fault("C_GetMechanismList", &value);
  if (what == 1) return value;
  const char *only = getenv("STUB_MECHANISM");
  if (only) {
    if (list) *(word *)list = strtoul(only, 0, 16);
    *(word *)count = 1;
  } else value = real->f[7](slot, list, count, d, e, g);
  if (what == 2) *(word *)count = huge;
  return value;
}

static word C_Login(word session, word user, word pin, word length, word e, word g) {
  word value = 0;
  const char *typed = getenv("STUB_PIN_PAD");
  if (user == 2) note("context login");
  int what = fault("C_Login", &value);
  if (what == 1) return value;
  if (typed && !pin) { pin = (word)typed; length = strlen(typed); }
  value = real->f[18](session, user, pin, length, e, g);
  return what == 2 ? unheard_of : value;
}

word C_GetFunctionList(struct functions **list) {
  word value = 0;
  int what = fault("C_GetFunctionList", &value);
  if (what == 1) return value;
  void *library = dlopen(getenv("STUB_REAL"), RTLD_NOW | RTLD_LOCAL);
  word (*get)(struct functions **) = (word (*)(struct functions **))dlsym(library, "C_GetFunctionList");
  value = get(&real);
  ours = *real;
  ours.f[0] = C_Initialize; ours.f[1] = C_Finalize; ours.f[2] = C_GetInfo; ours.f[4] = C_GetSlotList;
  ours.f[5] = C_GetSlotInfo; ours.f[6] = C_GetTokenInfo; ours.f[7] = C_GetMechanismList;
  ours.f[10] = C_InitPIN; ours.f[11] = C_SetPIN; ours.f[12] = C_OpenSession; ours.f[13] = C_CloseSession; ours.f[18] = C_Login; ours.f[19] = C_Logout;
  ours.f[24] = C_GetAttributeValue; ours.f[26] = C_FindObjectsInit; ours.f[27] = C_FindObjects;
  ours.f[28] = C_FindObjectsFinal; ours.f[42] = C_SignInit; ours.f[43] = C_Sign;
  *list = what == 2 ? (struct functions *)8 : &ours;
  return value;
}

__attribute__((constructor)) static void on_load(void) {
  word value;
  fault("load", &value);
}
