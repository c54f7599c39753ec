// swift-tools-version: 6.2
import PackageDescription

// A package of your own: it depends on the toolkit, adds one method, and is the toolkit's whole command line with
// that method in the catalog. Outside this repository, the path becomes the repository's URL.
let package = Package(
  name: "my-method",
  dependencies: [.package(name: "saliency", path: "../..")],
  targets: [
    .executableTarget(
      name: "my-saliency",
      dependencies: [
        .product(name: "Saliency", package: "saliency"),
        .product(name: "SaliencyCLI", package: "saliency"),
      ])
  ]
)
