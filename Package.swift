// swift-tools-version: 6.2
import PackageDescription

// Warnings become errors where SALIENCY_STRICT is set (continuous integration sets it), so that a newer
// compiler's new warning never stops a user's build.
let strict = Context.environment["SALIENCY_STRICT"] != nil

let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

/// A Swift library target under `Sources`, with the shared settings.
func library(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

/// The tests of one module, mirroring its sources.
func tests(
  _ module: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [],
  resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.byName(name: module), "TestSupport"] + dependencies,
    exclude: exclude, resources: resources, swiftSettings: settings)
}

let package = Package(
  name: "saliency",
  products: [
    .library(name: "Saliency", targets: ["Saliency"]),
    .library(name: "Configuration", targets: ["Configuration"]),
    .library(name: "SaliencyCore", targets: ["SaliencyCore"]),
    .library(name: "Methods", targets: ["Methods"]),
    .library(name: "Metrics", targets: ["Metrics"]),
    .library(name: "LinearAlgebra", targets: ["LinearAlgebra"]),
    .library(name: "Imaging", targets: ["Imaging"]),
    .library(name: "Figures", targets: ["Figures"]),
    .library(name: "KerasImport", targets: ["KerasImport"]),
    .library(name: "ONNXImport", targets: ["ONNXImport"]),
    .library(name: "ModelLibrary", targets: ["ModelLibrary"]),
    .library(name: "Pipeline", targets: ["Pipeline"]),
    .library(name: "Bench", targets: ["Bench"]),
    .library(name: "SaliencyCLI", targets: ["SaliencyCLI"]),
    .executable(name: "saliency", targets: ["saliency-tool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // C libraries of the system, one module map each.
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    // SHA-256 for results' keys, and checksums of files. Not swift-crypto: it compiles BoringSSL, minutes of every first build, for this one function.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "cairo-pdf", providers: [.apt(["libcairo2-dev"])]),

    // C of our own.
    .target(name: "CKernels", cSettings: cSettings, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CHDF5Child", dependencies: ["CHDF5"], exclude: ["README.md"], cSettings: cSettings),
    // libpng and libjpeg behind a few functions of ours, because both report errors by longjmp.
    .target(
      name: "CPNG", exclude: ["README.md"], cSettings: cSettings, linkerSettings: [.linkedLibrary("png")]),
    .target(
      name: "CJPEG", exclude: ["README.md"], cSettings: cSettings, linkerSettings: [.linkedLibrary("jpeg")]),

    // The toolkit. Imports run one way only; see Guides/Architecture.md.
    library("Support", ["CCrypto"]),
    library("Configuration", ["Support"]),
    // Loads OpenBLAS at run time, when it is first used; see OpenBLAS.swift.
    library("LinearAlgebra", []),
    library("SaliencyCore", ["Support", "Configuration", "CKernels"]),
    library("HDF5", ["Support", "CHDF5", "CHDF5Child"]),
    library("KerasImport", ["Support", "SaliencyCore", "HDF5", "CZip"]),
    library("ONNXImport", ["Support", "SaliencyCore"]),
    library("Imaging", ["Support", "SaliencyCore", "CPNG", "CJPEG"]),
    library("Methods", ["Configuration", "SaliencyCore", "LinearAlgebra"]),
    library("Metrics", ["Support", "Configuration", "SaliencyCore"]),
    library("Figures", ["Support", "SaliencyCore", "Imaging", "CCairo"]),
    library(
      "ModelLibrary",
      [
        "Support", "Configuration", "SaliencyCore", "KerasImport", "ONNXImport", "HDF5", "Imaging",
        "BundledWorld", "CYAML", "CCurl",
      ],
      exclude: ["Architectures/make_architectures.py"],
      resources: [.copy("Architectures/architectures.zip")]),
    library(
      "Pipeline",
      [
        "Support", "Configuration", "SaliencyCore", "HDF5", "KerasImport", "ONNXImport", "Imaging", "Methods",
        "Metrics",
        "Figures", "ModelLibrary",
      ]),
    library(
      "Bench",
      [
        "Support", "Configuration", "SaliencyCore", "Imaging", "Methods", "Metrics", "Figures",
        "ModelLibrary", "HDF5",
        "BundledWorld", "BundledExperiments", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    library("Cluster", ["Support", "Bench"]),
    // Everything that a program needs, with one import.
    library(
      "Saliency",
      [
        "Configuration", "SaliencyCore", "Imaging", "Methods", "Metrics", "Figures", "KerasImport",
        "ONNXImport", "ModelLibrary", "Pipeline", "Bench",
      ]),
    library(
      "SaliencyCLI",
      [
        "Support", "Configuration", "SaliencyCore", "HDF5", "KerasImport", "ONNXImport", "Imaging", "Methods",
        "Metrics", "Figures", "ModelLibrary", "BundledWorld", "Pipeline", "Bench", "Cluster",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "BundledWorld", path: "Data", sources: ["BundledWorld.swift"], resources: [.copy("scenes")],
      swiftSettings: settings),
    // What `saliency reproduce` finds by name; benchmarks are run by their path.
    .target(
      name: "BundledExperiments", dependencies: ["BundledWorld"], path: "Experiments",
      exclude: ["benchmarks"],
      sources: ["BundledExperiments.swift"], resources: [.copy("papers"), .copy("demos")],
      swiftSettings: settings),
    .executableTarget(
      name: "saliency-check",
      dependencies: [
        "Support", "Configuration", "SaliencyCore", "HDF5", "KerasImport", "ONNXImport", "Imaging", "Methods",
        "Metrics", "Bench",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: settings),
    .executableTarget(name: "saliency-tool", dependencies: ["SaliencyCLI"], swiftSettings: settings),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["SaliencyCore"], path: "Tests/Support", swiftSettings: settings),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"], swiftSettings: settings),
    tests("Support"),
    tests("Configuration"),
    tests("LinearAlgebra"),
    tests("SaliencyCore", ["Support", "Configuration"]),
    tests("HDF5"),
    tests("KerasImport", ["HDF5", "SaliencyCore"], exclude: ["Fixtures"]),
    tests("ONNXImport", ["Support", "SaliencyCore"], resources: [.copy("Fixtures")]),
    tests("Imaging", ["SaliencyCore"], resources: [.copy("Fixtures")]),
    tests("Methods", ["Configuration", "SaliencyCore"]),
    tests("Metrics", ["Configuration", "SaliencyCore", "Methods"], resources: [.copy("Fixtures")]),
    tests("Figures", ["Configuration", "SaliencyCore", "Imaging"]),
    tests("ModelLibrary", ["Support", "Configuration", "SaliencyCore", "KerasImport", "Imaging"]),
    tests(
      "Bench",
      [
        "Support", "Configuration", "SaliencyCore", "Imaging", "Figures", "Methods", "Metrics",
        "ModelLibrary",
        "HDF5", .product(name: "GRDB", package: "GRDB.swift"),
      ], resources: [.copy("Fixtures")]),
    tests(
      "Pipeline",
      ["Configuration", "SaliencyCore", "HDF5", "Imaging", "Methods", "ModelLibrary", "Figures"]),
    tests("Cluster", ["Bench"]),
    tests("Saliency"),
    tests(
      "SaliencyCLI",
      [
        "Support", "Configuration", "SaliencyCore", "HDF5", "Imaging", "Methods", "Metrics", "Pipeline",
        "Bench",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      resources: [.copy("References")]),
    .testTarget(
      name: "SaliencyCheckTests",
      dependencies: [
        "saliency-check", "Imaging",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
  ]
)
