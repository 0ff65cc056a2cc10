#pragma once

#include <benchmark/benchmark.h>

#include "benchmark/material.hpp"

// The least that an operation could cost: OpenSSL or the operating system called directly, with nothing around it.
namespace uatrust::test::raw {

/// Checks the signatures of self-signed certificates that are parsed already.
void verifyParsed(benchmark::State& state, const std::vector<Peer>& peers);
/// Parses self-signed certificates with their extensions and checks their signatures.
void parseAndVerify(benchmark::State& state, const std::vector<Peer>& peers);

/// Has OpenSSL validate the plant's applications with revocation checked at every level; everything is parsed already, or
/// the leaf is not.
enum class Leaf { Parsed, Fresh };
void verifyChain(benchmark::State& state, const Material& material, const CrlPlant& plant, Leaf leaf);
/// The same from the start: parses the CRLs as well.
void openChain(benchmark::State& state, const Material& material, const CrlPlant& plant);

/// Reads all files of a folder and hashes them.
void readAndHash(benchmark::State& state, const std::filesystem::path& folder);
/// Writes a file as a store does that loses nothing: under another name, to the disk, and then its own name.
void createFile(benchmark::State& state);
/// Lists a folder and asks for the state of each file.
void listAndStat(benchmark::State& state, const std::filesystem::path& folder);

/// Says how long a certificate of the list is.
void encodedSize(benchmark::State& state, const Material& material, std::size_t listSize);

}  // namespace uatrust::test::raw
