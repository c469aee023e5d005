// vitrine-decode: the program that decodes pictures where it can do no harm. Started by DecoderPool, never by
// hand.
#include "image/worker/decode.h"
#include "image/worker/loop.h"

int main(int count, char** arguments) {
  return vitrine::worker::RunWorker(count, arguments, vitrine::worker::DecodeFile);
}
