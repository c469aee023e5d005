#include "cluster/words_text.h"

#include <gtest/gtest.h>

namespace vitrine::cluster {
namespace {

TEST(WordsText, CutsFoldsAndKeepsWhatPartsThePieces) {
  EXPECT_EQ(TokenText("IMG_1234.JPG"), "img 1234 jpg");
  EXPECT_EQ(TokenText("Café, Ö\u00dfe & co."), "cafe o\u00dfe co");
  EXPECT_EQ(TokenText("beach \xEE\x80\x80 sea"), "beach \xEE\x80\x80 sea");
  EXPECT_EQ(TokenText("\u72ac\u3000\u732b"), "\u72ac \u732b");
  EXPECT_EQ(TokenText(" -- "), "");
  EXPECT_EQ(TokenText("a\xFF"
                      "b"),
            "a b");
}

}  // namespace
}  // namespace vitrine::cluster
