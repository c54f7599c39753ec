// swift-tools-version: 6.2
import PackageDescription

// A program that uses the toolkit as a library. Outside this repository, replace the path by the repository's URL.
let package = Package(
  name: "comparison",
  dependencies: [.package(name: "saliency", path: "../..")],
  targets: [
    .executableTarget(
      name: "comparison",
      dependencies: [.product(name: "Saliency", package: "saliency")])
  ]
)
