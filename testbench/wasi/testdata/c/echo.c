#include <stdio.h>
#include <string.h>
#include <stdlib.h>

/* field copies the value of a field as it is written in the line. */
static void field(const char *line, const char *name, char *to, size_t size) {
  char key[64];
  snprintf(key, sizeof key, "\"%s\":", name);
  const char *at = strstr(line, key);
  if (!at) { fprintf(stderr, "no %s in %s", name, line); exit(1); }
  at += strlen(key);
  size_t n = *at == '"' ? strcspn(at + 1, "\"") + 2 : strcspn(at, ",}");
  snprintf(to, size, "%.*s", (int)n, at);
}

int main(void) {
  static char line[65536]; /* the stack has 64 KiB in all */
  char id[64] = "", src[64], msg[64], type[64], echo[4096];
  while (fgets(line, sizeof line, stdin)) {
    field(line, "src", src, sizeof src);
    field(line, "msg_id", msg, sizeof msg);
    field(line, "type", type, sizeof type);
    if (!strcmp(type, "\"init\"")) {
      field(line, "node_id", id, sizeof id);
      printf("{\"src\":%s,\"dest\":%s,\"body\":{\"type\":\"init_ok\",\"in_reply_to\":%s}}\n", id, src, msg);
    } else {
      field(line, "echo", echo, sizeof echo);
      printf("{\"src\":%s,\"dest\":%s,\"body\":{\"type\":\"echo_ok\",\"echo\":%s,\"in_reply_to\":%s}}\n", id, src, echo, msg);
    }
    fflush(stdout);
  }
}
