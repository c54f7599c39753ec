// swift-tools-version: 6.2
import PackageDescription

// The command line of the toolkit with one more metric. Outside this repository, replace the path by the repository's URL.
let package = Package(
  name: "my-metric",
  dependencies: [.package(name: "saliency", path: "../..")],
  targets: [
    .executableTarget(
      name: "my-bench",
      dependencies: [
        .product(name: "Saliency", package: "saliency"),
        .product(name: "SaliencyCLI", package: "saliency"),
      ])
  ]
)
