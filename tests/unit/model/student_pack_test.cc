// A student whose backbone is the tiny pack's own image tower: what it must answer is known.
#include "model/student_pack.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/hash.h"
#include "model/open.h"
#include "support/temp_folder.h"
#include "unit/model/tiny_backbone.h"
#include "unit/model/tiny_pack.h"

namespace vitrine {
namespace {

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

// Each feature goes where it was, but for the first two, which change places.
Projection Swapped() {
  Projection projection{std::vector<float>(8), Matrix(8, 8)};
  for (std::size_t i = 0; i < 8; ++i) projection.matrix.row(i)[i < 2 ? 1 - i : i] = 2;
  return projection;
}

class StudentPackTest : public ::testing::Test {
 protected:
  Status Write(const Projection& projection, std::vector<float> picture_vector) {
    const ModelPack teacher = ModelPack::Load(tiny_.path()).value();
    const BackbonePack backbone = BackbonePack::Load(backbone_.path()).value();
    return WriteStudentPack(teacher, backbone,
                            {.name = "pupil",
                             .version = "1",
                             .licence = "both",
                             .origin = origin_,
                             .projection = projection,
                             .picture_vector = std::move(picture_vector),
                             .background = {.mean = 0.02, .deviation = 0.2}},
                            folder_.path());
  }

  // The teacher's, its first two numbers swapped.
  std::vector<float> ExpectedVector() const {
    std::vector<float> vector = ModelPack::Load(tiny_.path()).value().self_test().picture_vector;
    std::swap(vector[0], vector[1]);
    return vector;
  }

  const TinyPack tiny_;
  const TinyBackbone backbone_;
  const TempFolder folder_;
  std::string origin_ = "a test";
};

TEST_F(StudentPackTest, AnswersWithBackboneProjectionAndTheTeachersWords) {
  ASSERT_TRUE(Write(Swapped(), ExpectedVector()));
  const auto report = InspectModel({.pack_folder = folder_.path()});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_GT(report->picture_cosine, 0.9999);
  EXPECT_EQ(report->name, "pupil");
  const auto student = OpenEmbedder({.pack_folder = folder_.path()}).value();
  const auto teacher = OpenEmbedder({.pack_folder = tiny_.path()}).value();
  EXPECT_NE(student->space().id, teacher->space().id);
  EXPECT_DOUBLE_EQ(student->text_background().deviation, 0.2);
  const RgbImage red{2, 2, {250, 9, 3, 250, 9, 3, 250, 9, 3, 250, 9, 3}};
  const Matrix by_student = student->EmbedPictures({&red, 1}).value();
  const Matrix by_teacher = teacher->EmbedPictures({&red, 1}).value();
  EXPECT_NEAR(by_student.row(0)[0], by_teacher.row(0)[1], 1e-5);
  EXPECT_NEAR(by_student.row(0)[1], by_teacher.row(0)[0], 1e-5);
  EXPECT_NEAR(by_student.row(0)[7], by_teacher.row(0)[7], 1e-5);
  const std::string words[] = {"a red car"};
  EXPECT_EQ(student->EmbedTexts(words).value().values()[3], teacher->EmbedTexts(words).value().values()[3]);
}

TEST_F(StudentPackTest, BytesThatAreNoUtf8BecomeSigns) {
  origin_ = "cut \xc3";
  ASSERT_TRUE(Write(Swapped(), ExpectedVector()));
  EXPECT_EQ(ModelPack::Load(folder_.path()).value().origin(), "cut \xef\xbf\xbd");
}

TEST_F(StudentPackTest, AnotherProjectionIsAnotherSpace) {
  ASSERT_TRUE(Write(Swapped(), ExpectedVector()));
  const std::string before = ModelPack::Load(folder_.path()).value().space().id;
  Projection other = Swapped();
  other.offset[5] = 0.001F;
  ASSERT_TRUE(Write(other, ExpectedVector()));
  EXPECT_NE(ModelPack::Load(folder_.path()).value().space().id, before);
}

TEST_F(StudentPackTest, DamagedProjectionIsRefusedByName) {
  ASSERT_TRUE(Write(Swapped(), ExpectedVector()));
  const std::string file = folder_.File("projection.f32");
  std::string bytes = ReadFile(file).value();
  const std::string whole = bytes;
  bytes[40] = static_cast<char>(bytes[40] ^ 1);
  ASSERT_TRUE(WriteFileAtomically(file, bytes, Durability::kCache));
  auto report = InspectModel({.pack_folder = folder_.path()});
  ASSERT_FALSE(report);
  EXPECT_SAYS(report.error().message(), "projection.f32");
  EXPECT_SAYS(report.error().message(), "SHA-256");
  ASSERT_TRUE(WriteFileAtomically(file, whole.substr(0, whole.size() - 4), Durability::kCache));
  report = InspectModel({.pack_folder = folder_.path()});
  ASSERT_FALSE(report);
  EXPECT_SAYS(report.error().message(), "bytes");
}

TEST_F(StudentPackTest, NumbersThatAreNoneAreRefusedThoughTheHashIsRight) {
  Projection broken = Swapped();
  broken.matrix.row(3)[3] = std::numeric_limits<float>::quiet_NaN();
  ASSERT_TRUE(Write(broken, ExpectedVector()));
  const auto report = InspectModel({.pack_folder = folder_.path()});
  ASSERT_FALSE(report);
  EXPECT_SAYS(report.error().message(), "projection.f32");
  EXPECT_SAYS(report.error().message(), "not numbers");
}

TEST_F(StudentPackTest, WrongVectorFailsTheSelfTest) {
  ASSERT_TRUE(Write(Swapped(), ModelPack::Load(tiny_.path()).value().self_test().picture_vector));
  EXPECT_EQ(InspectModel({.pack_folder = folder_.path()}).error().code(), Code::kModel);
}

TEST_F(StudentPackTest, ProjectionNeedsItsSchema) {
  ASSERT_TRUE(Write(Swapped(), ExpectedVector()));
  std::string json = ReadFile(folder_.File("pack.json")).value();
  const std::string schema = "\"schema\": 3";
  const std::size_t at = json.find(schema);
  ASSERT_NE(at, std::string::npos);
  json.replace(at, schema.size(), "\"schema\": 2");
  ASSERT_TRUE(WriteFileAtomically(folder_.File("pack.json"), json, Durability::kCache));
  EXPECT_SAYS(ModelPack::Load(folder_.path()).error().message(), "schema 3");
}

TEST(Projection, BytesComeBack) {
  Projection projection = Swapped();
  projection.offset[2] = -0.25F;
  const auto read = ParseProjection(ProjectionBytes(projection), 8, 8);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->offset, projection.offset);
  EXPECT_EQ(std::vector<float>(read->matrix.values().begin(), read->matrix.values().end()),
            std::vector<float>(projection.matrix.values().begin(), projection.matrix.values().end()));
  Matrix rows(1, 8);
  rows.row(0)[0] = 3;
  EXPECT_EQ(Project(*read, rows).row(0)[1], 6);
  EXPECT_EQ(Project(*read, rows).row(0)[2], -0.25F);
}

TEST(BackbonePack, WhatIsWrongIsNamed) {
  const TinyBackbone backbone;
  EXPECT_EQ(BackbonePack::Load(backbone.path()).value().features, 8U);
  const TinyPack no_backbone;
  EXPECT_SAYS(BackbonePack::Load(no_backbone.path()).error().message(), "modelkit backbone");
  backbone.Edit("\"features\": 8", "\"features\": 9");
  EXPECT_SAYS(Backbone::Open(backbone.path(), 1).error().message(), "float32 [n, 9]");
  backbone.Edit("\"features\": 9", "\"features\": 4");
  EXPECT_SAYS(BackbonePack::Load(backbone.path()).error().message(), "\"features\"");
}

TEST(BackbonePack, DamagedGraphIsNotRun) {
  const TinyBackbone backbone;
  std::string graph = ReadFile(backbone.File("image.onnx")).value();
  graph[200] = static_cast<char>(graph[200] ^ 1);
  ASSERT_TRUE(WriteFileAtomically(backbone.File("image.onnx"), graph, Durability::kCache));
  const auto opened = Backbone::Open(backbone.path(), 1);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), Code::kModel);
  EXPECT_SAYS(opened.error().message(), "image.onnx");
}

}  // namespace
}  // namespace vitrine
