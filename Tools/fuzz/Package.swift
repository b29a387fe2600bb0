// swift-tools-version: 6.2

import PackageDescription

// Fuzzing of every decoder with libFuzzer, apart from the package that it tests; see README.md.
let package = Package(
  name: "afferent-fuzz",
  dependencies: [.package(name: "afferent", path: "../..")],
  targets: [
    .systemLibrary(name: "CFuzzer"),
    .target(
      name: "FuzzTargets", dependencies: [.product(name: "Events", package: "afferent")]),
    .executableTarget(name: "corpus", dependencies: ["FuzzTargets"]),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets", "CFuzzer"],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("ExistentialAny"),
    ]
}
