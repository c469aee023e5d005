#include "ingest/picture_names.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(PictureNames, ExtensionsDecideWhateverTheirCase) {
  for (const char* name : {"a.jpg", "a.JPEG", "a.Jpe", "a.b.c.jfif", "\xff\xfe.jpg", "a\nb.jpg", " .jpg"}) {
    EXPECT_EQ(KindOfName(name), NameKind::kJpeg) << name;
  }
  for (const char* name :
       {"a.png", "a.WebP", "a.gif", "a.tif", "a.TIFF", "a.bmp", "a.heic", "a.HEIF", "a.avif", "a.jxl"}) {
    EXPECT_EQ(KindOfName(name), NameKind::kPicture) << name;
  }
  for (const char* name : {"a.cr2", "a.NEF", "a.arw", "a.DNG", "a.raf", "a.x3f", "a.3fr"}) {
    EXPECT_EQ(KindOfName(name), NameKind::kRaw) << name;
  }
  for (const char* name : {"", "a", "jpg", ".jpg", "a.", "a.jpg.txt", "a.mp4", "a.jpgx", "a. jpg"}) {
    EXPECT_EQ(KindOfName(name), NameKind::kOther) << name;
  }
}

TEST(PictureNames, DrawingsAreAKindOfTheirOwn) {
  for (const char* name : {"a.svg", "a.SVG", "a.svgz"})
    EXPECT_EQ(KindOfName(name), NameKind::kDrawing) << name;
}

TEST(PictureNames, JunkIsHiddenOrKnown) {
  for (const char* name :
       {".git", ".", "..", "._IMG.jpg", ".Trash-1000", "@eaDir", "node_modules", "__MACOSX", "$RECYCLE.BIN",
        "System Volume Information", "lost+found", "Thumbs.db", "THUMBS.DB"}) {
    EXPECT_TRUE(IsJunkName(name)) << name;
  }
  for (const char* name : {"photos", "git", "eaDir", "-", "lost", "a.b", "\xff"})
    EXPECT_FALSE(IsJunkName(name)) << name;
}

TEST(PictureNames, TwinsShareAKey) {
  EXPECT_EQ(TwinKey("IMG_1.CR2"), TwinKey("img_1.jpg"));
  EXPECT_NE(TwinKey("IMG_1.CR2"), TwinKey("IMG_2.JPG"));
}

}  // namespace
}  // namespace vitrine
