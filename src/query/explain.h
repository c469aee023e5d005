// Why a picture was found, and how a query was answered, in words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "query/ways.h"

namespace vitrine {

/// The parts of a query that a picture answers, each with its share where several speak for it:
///   looks like "red kayak" 71 %   |   "tahoe" in its folder 29 %   |   camera:fuji
/// Shares are of the evidence in nats: what the cosine says above that of a random picture, divided among the
/// likenesses by weight and cosine, and what words and colours say.
std::vector<std::string> Reasons(const AnswerRooms& rooms, const PreparedQuery& query, const Way& way,
                                 const Meanings& meanings, const Ranked& hit, const AssetRecord& asset);

/// How a query was answered, a line a step, with counts and times.
std::string PlanText(const AnswerRooms& rooms, std::span<const Way> ways);

}  // namespace vitrine
