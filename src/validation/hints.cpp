#include "validation/hints.hpp"

#include <algorithm>

#include <uatrust/x509/distinguished_name.hpp>

namespace uatrust::detail {

void Hints::add(const std::string& sentence) {
    if (full()) return;
    auto text = printable(sentence, kMaxLength);
    if (std::find(into_->begin(), into_->end(), text) == into_->end()) into_->push_back(std::move(text));
}

}  // namespace uatrust::detail
